"""Key derivation against published vectors (RFC 5869 appendix A, RFC 8448 section 3)."""

from __future__ import annotations

from app.protocol.tls.schedule import expand, expand_label, next_secret, prf

PRK = bytes.fromhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
SERVER = bytes.fromhex("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38")


def test_hkdf_expand() -> None:
    wanted = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    assert expand("sha256", PRK, bytes.fromhex("f0f1f2f3f4f5f6f7f8f9"), 42).hex() == wanted


def test_record_keys_of_tls_1_3() -> None:
    assert expand_label("sha256", SERVER, "key", 16).hex() == "3fce516009c21727d0f2e4e86ee403bc"
    assert expand_label("sha256", SERVER, "iv", 12).hex() == "5d313eb2671276ee13000b30"
    assert len(next_secret("sha256", SERVER)) == 32 and next_secret("sha256", SERVER) != SERVER


def test_the_prf_of_tls_1_2_is_long_enough_and_steady() -> None:
    long, short = (prf("sha384", b"secret", "key expansion", b"seed", size) for size in (100, 48))
    assert len(long) == 100 and long.startswith(short)
