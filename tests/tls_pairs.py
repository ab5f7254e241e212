"""Two ends of TLS in memory, from Python's own ssl module: what they exchange, and the key log of it."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.trace import Side, Trace, other

HOST = "scope.class.test"


@cache
def certificate() -> bytes:
    """A key and a certificate that signed itself, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    names = x509.SubjectAlternativeName([x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private + made.public_bytes(pem)


class Pair:
    """A client and a server. What they send is recorded in `trace` (layer tls), what they said in `said`."""

    def __init__(self, version: ssl.TLSVersion, ciphers: str = "", *, chunk: int = 0, secrets: bool = True) -> None:
        self.trace = Trace("pair", limit=2**30)
        self.said: dict[Side, bytes] = {"client": b"", "server": b""}
        self._at, self._chunk = 0, chunk
        with TemporaryDirectory() as folder:
            pem, log = Path(folder, "pem"), Path(folder, "log")
            pem.write_bytes(certificate())
            theirs, ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            theirs.load_cert_chain(pem)
            ours.load_verify_locations(pem)
            theirs.set_alpn_protocols(["http/1.1"])
            ours.set_alpn_protocols(["http/1.1"])
            for context in (ours, theirs):
                context.minimum_version = context.maximum_version = version
                if ciphers:
                    context.set_ciphers(ciphers)
            if secrets:
                ours.keylog_filename = str(log)
            self._in = {"client": ssl.MemoryBIO(), "server": ssl.MemoryBIO()}
            self._out = {"client": ssl.MemoryBIO(), "server": ssl.MemoryBIO()}
            self.ends = {
                "client": ours.wrap_bio(self._in["client"], self._out["client"], server_hostname=HOST),
                "server": theirs.wrap_bio(self._in["server"], self._out["server"], server_side=True),
            }
            self._shake()
            self.keylog = log.read_bytes() if secrets else b""

    def _shake(self) -> None:
        open_ends: list[Side] = ["client", "server"]
        while open_ends:
            for side in list(open_ends):
                try:
                    self.ends[side].do_handshake()
                    open_ends.remove(side)
                except ssl.SSLWantReadError:
                    pass
                self.carry(side)

    def carry(self, side: Side) -> None:
        """What a side wrote goes to the other, in records of `chunk` bytes of the trace if it is set."""
        data = self._out[side].read()
        step = self._chunk or max(len(data), 1)
        for start in range(0, len(data), step):
            self._at += 1
            self.trace.add(self._at, side, data[start : start + step], layer="tls")
        self._in[other(side)].write(data)

    def say(self, side: Side, data: bytes) -> None:
        """A side sends, the other reads."""
        self.said[side] += data
        for start in range(0, len(data), 65_536):
            self.ends[side].write(data[start : start + 65_536])
            self.carry(side)
            while True:
                try:
                    self.ends[other(side)].read(65_536)
                except ssl.SSLWantReadError:
                    break
            self.carry(other(side))

    def all(self, talk: Iterable[tuple[Side, bytes]]) -> Pair:
        """A whole conversation, ended by a close_notify of the client."""
        for side, data in talk:
            self.say(side, data)
        try:
            self.ends["client"].unwrap()
        except ssl.SSLWantReadError:
            self.carry("client")
        return self
