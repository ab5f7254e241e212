"""The certificate for https and wss: made on first use by an authority that signs once and is then forgotten.

Nobody has to trust that authority for more than these names and thirty days; its private key is never written.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

LIFE = timedelta(days=30)
RENEW_BEFORE = timedelta(days=1)
SKEW = timedelta(hours=1)
"""Clocks differ: a certificate is valid from a little before it was made."""
SERVER, AUTHORITY = "server.pem", "authority.pem"


def can_make() -> bool:
    """Is the package that makes certificates installed?"""
    return find_spec("cryptography") is not None


def certificate(folder: Path, names: Sequence[str]) -> Path:
    """The file with key and certificates for these names, made anew when it is missing, old or for other names.

    The folder is for its owner only (0700), the files too (0600). Raises OSError.
    """
    path = folder / SERVER
    if not _serves(path, names):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        server, authority = _make(names)
        _write(path, server)
        _write(folder / AUTHORITY, authority)
    return path


def _serves(path: Path, names: Sequence[str]) -> bool:
    from cryptography import x509

    try:
        leaf = x509.load_pem_x509_certificates(path.read_bytes())[0]
        kept = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    fresh = leaf.not_valid_before_utc <= datetime.now(UTC) < leaf.not_valid_after_utc - RENEW_BEFORE
    return fresh and set(map(_general, names)) <= set(kept)


def _write(path: Path, data: bytes) -> None:
    """In one step, so that another process finds a whole file or none."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    part.replace(path)


def _general(name: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _subtree(name: str) -> x509.GeneralName:
    """A name as a constraint: an address is a network of one."""
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_network(name))
    except ValueError:
        return x509.DNSName(name)


def _make(names: Sequence[str]) -> tuple[bytes, bytes]:
    """Key, leaf and authority for the server, and the authority alone, as PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    signing, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _authority(signing, names)
    leaf = _leaf(key, signing, authority, names)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    top = authority.public_bytes(serialization.Encoding.PEM)
    return private + leaf.public_bytes(serialization.Encoding.PEM) + top, top


def _builder(subject: str, issuer: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    from cryptography import x509

    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    now = datetime.now(UTC)
    return x509.CertificateBuilder(
        named(issuer), named(subject), key.public_key(), x509.random_serial_number(), now - SKEW, now + LIFE
    ).add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


_USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


def _usage(**used: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(**{kind: used.get(kind, False) for kind in _USAGES})


TITLE = "Socketscope on this machine (authority without a key)"


def _authority(signing: ec.EllipticCurvePrivateKey, names: Sequence[str]) -> x509.Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    permitted = x509.NameConstraints([_subtree(name) for name in names], None)
    return (
        _builder(TITLE, TITLE, signing)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True), critical=True)
        .add_extension(permitted, critical=True)
        .sign(signing, hashes.SHA256())
    )


def _leaf(
    key: ec.EllipticCurvePrivateKey,
    signing: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    names: Sequence[str],
) -> x509.Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID

    issuer = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        _builder("Socketscope", TITLE, key)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
        .sign(signing, hashes.SHA256())
    )
