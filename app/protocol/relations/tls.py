"""TLS where HTTP must be, HTTP where TLS must be, and a ClientHello that does not say for whom it is."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from app.protocol.fault import Fault, at_bytes
from app.protocol.handshake import Response
from app.protocol.relations.base import Detector, Finding, Scene
from app.protocol.tls.hello import Hello, read_hello
from app.protocol.tls.records import RecordReader
from app.trace import SIDES, Side

HELLO_LIMIT = 17_000
"""Bytes of a stream in which a ClientHello is looked for: one TLS record."""
_ALERT, _HANDSHAKE, _CLIENT_HELLO, _SERVER_NAME = 0x15, 0x16, 1, 0


class Tunnel(Detector):
    """The TLS layer of a connection: it must begin with TLS on both sides, and name the server that is meant."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._begun: dict[Side, bytes] = dict.fromkeys(SIDES, b"")
        self._nameless: tuple[int, int] | None = None

    def junk(self, side: Side, data: bytes, start: int) -> Iterator[Finding]:
        secure = is_tls(data)
        if side == "client" and secure:
            yield Finding(side, at_bytes("tls.first", start, start + 1, "a TLS handshake where HTTP must be"))
        elif side == "client":
            place = (start + len(data) - 1, start + len(data))
            yield Finding(side, at_bytes("conn.procedure", *place, f"{data[-1]:#04x} cannot be part of a request line"))
        elif secure and self.scene.request:
            yield Finding("client", at_bytes("tls.first", 0, 1, "the server speaks TLS, the request is not in it"))
        elif not secure:
            place = (start + len(data) - 1, start + len(data))
            yield Finding(side, at_bytes("res.101", *place, f"{data[-1]:#04x} cannot be part of a status line"))

    def tls(self, side: Side, data: bytes) -> Iterator[Finding]:
        before = self._begun[side]
        if len(before) >= HELLO_LIMIT:
            return
        begun = self._begun[side] = (before + data)[:HELLO_LIMIT]
        if not before and not is_tls(begun):
            rule = "tls.first" if side == "client" else "tls.server"
            self._begun[side] = bytes(HELLO_LIMIT)
            yield Finding(side, at_bytes(rule, 0, 1, "not a TLS record where TLS must begin"), "tls")
        elif side == "client" and (found := _client_hello(begun)):
            self._begun[side] = bytes(HELLO_LIMIT)
            size, hello = found
            self._nameless = (0, size) if hello.whole and hello.extension(_SERVER_NAME) is None else None

    def response(self, response: Response, faults: list[Fault], start: int) -> Iterator[Finding]:
        """Only now is it known whether a name was meant: an address of digits is never sent."""
        host = self.scene.request.get("Host") if self.scene.request else None
        if self._nameless and host and not _is_address(host):
            place, self._nameless = self._nameless, None
            note = f"does not name {host.decode('ascii', 'backslashreplace')}"
            yield Finding("client", at_bytes("tls.sni", *place, note), "tls")


def is_tls(data: bytes) -> bool:
    """Whether bytes can begin a TLS stream: a handshake or alert record."""
    return data[0] in (_ALERT, _HANDSHAKE)


def _client_hello(data: bytes) -> tuple[int, Hello] | None:
    """The ClientHello in the first record, once that is complete, and where the record ends."""
    record = next(iter(RecordReader().feed(data)), None)
    if record is None or record.type != _HANDSHAKE or record.payload[:1] != bytes([_CLIENT_HELLO]):
        return None
    return record.end, read_hello(record.payload[4:], client=True)


def _is_address(host: bytes) -> bool:
    text = host.decode("latin-1")
    name = text[1:].partition("]")[0] if text.startswith("[") else text.partition(":")[0]
    try:
        ip_address(name)
    except ValueError:
        return name.lower() == "localhost"
    return True
