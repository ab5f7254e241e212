"""A recorded example of wss: two ends in memory say hello over real TLS, and the keys are logged."""

from __future__ import annotations

import ssl
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic_ns
from typing import NamedTuple

from app.live.certificate import can_make, certificate
from app.protocol.apps import APPS
from app.protocol.client import SAMPLE_KEY, SAMPLE_MASK, Client
from app.protocol.frames import Opcode
from app.protocol.server import Server
from app.trace import Side, Trace, other

HOST = "scope.class.test"
WORDS = "Hello"


class Recorded(NamedTuple):
    """The ciphertext of a conversation, and the key log that opens it."""

    trace: Trace
    keylog: bytes


@cache
def recorded() -> Recorded | None:
    """The example, made once in each process; None where no certificate can be made."""
    if not can_make():
        return None
    with TemporaryDirectory() as folder:
        log = Path(folder, "keylog")
        theirs, ours = _contexts(Path(folder), log)
        ends = _Ends(theirs, ours)
        ends.talk()
        return Recorded(ends.trace, log.read_bytes())


def _contexts(folder: Path, log: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's and the client's settings; the certificate is for this example only."""
    theirs, ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    chain = certificate(folder, [HOST])
    theirs.load_cert_chain(chain)
    ours.load_verify_locations(chain.with_name("authority.pem"))
    for context in (theirs, ours):
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.set_alpn_protocols(["http/1.1"])
    theirs.num_tickets = 1
    ours.keylog_filename = str(log)
    return theirs, ours


class _Ends:
    """Client and server with a wire between them, which is recorded."""

    def __init__(self, theirs: ssl.SSLContext, ours: ssl.SSLContext) -> None:
        self.trace = Trace("example")
        self._began = monotonic_ns()
        self._in: dict[Side, ssl.MemoryBIO] = {"client": ssl.MemoryBIO(), "server": ssl.MemoryBIO()}
        self._out: dict[Side, ssl.MemoryBIO] = {"client": ssl.MemoryBIO(), "server": ssl.MemoryBIO()}
        self._tls: dict[Side, ssl.SSLObject] = {
            "client": ours.wrap_bio(self._in["client"], self._out["client"], server_hostname=HOST),
            "server": theirs.wrap_bio(self._in["server"], self._out["server"], server_side=True),
        }

    def talk(self) -> None:
        """Handshakes, a message and its echo, the same compressed, and the end."""
        done: set[Side] = set()
        while len(done) < 2:
            for side in ("client", "server"):
                done |= self._shake(side)
        client = Client(HOST, "/chat", key=SAMPLE_KEY, mask=lambda: SAMPLE_MASK, headers=_OFFER)
        server = Server(APPS["echo"]())
        self._exchange(client, server, client.request())
        self._exchange(client, server, client.frame(Opcode.TEXT, WORDS.encode()))
        self._exchange(client, server, client.message(Opcode.TEXT, WORDS.encode()))
        self._exchange(client, server, client.close(1000, "bye"))

    def _shake(self, side: Side) -> set[Side]:
        try:
            self._tls[side].do_handshake()
        except ssl.SSLWantReadError:
            self._carry(side)
            return set()
        self._carry(side)
        return {side}

    def _carry(self, side: Side) -> None:
        """What a side has to send goes over the wire."""
        data = self._out[side].read()
        if data:
            self.trace.add(monotonic_ns() - self._began, side, data, layer="tls")
            self._in[other(side)].write(data)

    def _say(self, side: Side, data: bytes) -> bytes:
        """One write of a side, as the other reads it."""
        self._tls[side].write(data)
        self._carry(side)
        return self._tls[other(side)].read()

    def _exchange(self, client: Client, server: Server, data: bytes) -> None:
        for unit in server.receive(self._say("client", data)):
            client.receive(self._say("server", unit))


_OFFER = (("Sec-WebSocket-Extensions", "permessage-deflate"),)
