"""Hellos as Python and Chromium send them, and cut off anywhere."""

from __future__ import annotations

import ssl

from hypothesis import given
from hypothesis import strategies as st

from app.protocol.tls import hello as subject
from app.protocol.tls.hello import read_hello
from app.protocol.tls.names import GROUPS, SUITES, TLS_1_2, TLS_1_3, is_grease, name_of
from tests.tls_pairs import HOST, Pair


def body(side: str, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> bytes:
    data = Pair(version, secrets=False).trace.bytes("client" if side == "client" else "server", layer="tls")
    return data[9 : 9 + int.from_bytes(data[6:9], "big")]


def test_a_client_hello_says_what_it_offers() -> None:
    raw = body("client")
    hello = read_hello(raw, client=True)
    assert hello.whole and hello.parts[0][1] == 0 and hello.parts[-1][2] == len(raw)
    assert all(end == start for (_, _, end), (_, start, _) in zip(hello.parts, hello.parts[1:], strict=False))
    assert subject.server_name(hello) == HOST
    assert subject.alpn(hello) == ("http/1.1",)
    assert subject.versions(hello) == (TLS_1_3,)
    assert [(GROUPS[group], size) for group, size in subject.key_shares(hello)] == [("x25519", 32)]
    assert 29 in subject.groups(hello) and 0x1301 in hello.suites
    assert len(hello.random) == 32 and not hello.is_retry


def test_a_server_hello_says_what_it_chose() -> None:
    hello = read_hello(body("server"), client=False)
    assert (hello.version, hello.agreed_version, hello.suites) == (TLS_1_2, TLS_1_3, (0x1302,))
    assert subject.versions(hello) == (TLS_1_3,) and len(subject.key_shares(hello)) == 1
    old = read_hello(body("server", ssl.TLSVersion.TLSv1_2), client=False)
    assert old.agreed_version == TLS_1_2 and subject.alpn(old) == ("http/1.1",)


@given(st.binary(max_size=120), st.booleans())
def test_junk_only_ends_it_early(data: bytes, client: bool) -> None:
    hello = read_hello(data, client=client)
    for read in (subject.server_name, subject.alpn, subject.versions, subject.key_shares, subject.groups):
        read(hello)


def test_every_cut_is_survived() -> None:
    raw = body("client")
    whole = read_hello(raw, client=True)
    for size in range(len(raw)):
        hello = read_hello(raw[:size], client=True)
        assert hello.parts[:5] == whole.parts[: len(hello.parts)][:5]
        assert hello.extensions == whole.extensions[: len(hello.extensions)]
        assert hello.whole == (size == whole.parts[4][2])
        subject.server_name(hello)


def test_numbers_have_names() -> None:
    assert name_of(SUITES, 0x1301) == "TLS_AES_128_GCM_SHA256"
    assert name_of(SUITES, 0x7A7A) == "GREASE" and is_grease(0x0A0A) and not is_grease(0x0A1A)
    assert name_of(SUITES, 0x9999) == "0x9999"
