"""A certificate for measuring wss with our own clients: made for this process, trusted by nobody else, never stored."""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
import tempfile
from typing import NamedTuple

LIFE = datetime.timedelta(days=1)


class Contexts(NamedTuple):
    """TLS for the listener, and the certificate for clients that shall believe it."""

    server: ssl.SSLContext
    certificate: str

    def client(self, alpn: str) -> ssl.SSLContext:
        """TLS for one client that speaks this protocol and no other."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=self.certificate)
        context.set_alpn_protocols([alpn])
        return context


def contexts(host: str, alpn: tuple[str, ...] = ("http/1.1", "h2")) -> Contexts:
    """Both sides for one address. Raises ModuleNotFoundError without the package cryptography."""
    certificate, key = _make(host)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.minimum_version = ssl.TLSVersion.TLSv1_2
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "pair.pem")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(certificate + key)
        server.load_cert_chain(path)
    server.set_alpn_protocols(list(alpn))
    return Contexts(server, certificate.decode())


def _make(host: str) -> tuple[bytes, bytes]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Socketscope comparison lab")])
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    )
    certificate = builder.sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return certificate.public_bytes(serialization.Encoding.PEM), secret
