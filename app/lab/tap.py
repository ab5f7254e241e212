"""A socket that counts: every byte in and out, by layer, with TLS taken apart, and the kernel's own figures."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from time import monotonic

from app.lab.kernel import TCP_INFO, Estimate, Network, Segments, overhead, repeated, segments
from app.lab.tally import Bytes, Layer, Tally
from app.trace import Trace

READ = 65_536
DRAIN_SECONDS = 0.5
"""How long the peer's FIN is awaited, so that it is counted too."""


class Tap:
    """One accepted connection. `clock` gives the nanoseconds at which things are recorded in `trace`.

    What is received counts once `took` has said which layer it was. Raises OSError as sockets do.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._head = sock, b""
        self._tally: Tally | None = None
        self._trace: Trace | None = None
        self._clock: Callable[[], int] = lambda: 0
        self._estimate = Estimate()
        self._tls: ssl.SSLObject | None = None
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._early: list[tuple[bytes, bool]] = []
        self._lock = threading.RLock()

    # counting

    def belongs(self, tally: Tally, trace: Trace | None, clock: Callable[[], int], seen: bytes) -> None:
        """The first head has said what this connection is for; what was `seen` before is counted with it."""
        if self._tally is tally:
            return
        self._tally, self._trace, self._clock = tally, trace, clock
        if trace:
            trace.add(clock(), "client", seen)
        tally.watch(self.network)
        for data, by_server in self._early:
            tally.add("server" if by_server else "client", "security", data)
        self._early.clear()

    @property
    def counted_by(self) -> Network:
        """Where the figures of TCP come from."""
        return "computed" if TCP_INFO is None else "kernel"

    @property
    def handshake(self) -> Bytes:
        """What TCP took to open this connection: a segment from the server between two from the client."""
        return overhead(self._sock.family, Segments(2, 0, True))

    def network(self) -> Bytes:
        """Headers of TCP and IP so far."""
        found = overhead(self._sock.family, segments(self._sock) or self._estimate.segments())
        found.add("server", "network", repeated(self._sock))
        return found

    def took(self, layer: Layer, data: bytes) -> None:
        """These received bytes belong to that layer."""
        if self._tally:
            self._tally.add("client", layer, data)
            if self._tls:
                self._tally.adjust("client", "security", -len(data))

    def _raw(self, data: bytes, *, by_server: bool) -> None:
        self._estimate.carried(len(data), by_server=by_server)
        if self._tls and self._tally:
            self._tally.adjust("server" if by_server else "client", "security", len(data))
        elif self._tls:
            self._early.append((data, by_server))

    # bytes

    def recv(self, seconds: float) -> bytes:
        """The next bytes, decrypted; empty at the end. Raises TimeoutError."""
        deadline = monotonic() + seconds
        while True:
            if self._tls and (data := self._decrypt()):
                return self._note(data)
            data = self._read(max(deadline - monotonic(), 0.001))
            if not data or not self._tls:
                return self._note(data)
            self._in.write(data)

    def peek(self, seconds: float) -> bytes:
        """The first byte, which stays to be read; it tells TLS from HTTP."""
        self._sock.settimeout(seconds)
        self._head = self._sock.recv(READ)
        return self._head[:1]

    def _read(self, seconds: float) -> bytes:
        if self._head:
            data, self._head = self._head, b""
        else:
            self._sock.settimeout(seconds)
            data = self._sock.recv(READ)
        if data:
            self._raw(data, by_server=False)
        return data

    def _note(self, data: bytes) -> bytes:
        if self._trace:
            self._trace.add(self._clock(), "client", data, "data" if data else "fin")
        return data

    def send(self, *pieces: tuple[Layer, bytes]) -> None:
        """Send bytes of these layers, in one go."""
        data = b"".join(part for _, part in pieces)
        with self._lock:
            if self._trace:
                self._trace.add(self._clock(), "server", data)
            self._write(self._encrypt(data) if self._tls else data)
            for layer, part in pieces:
                self._count(layer, part)

    def send_uncounted(self, data: bytes) -> None:
        """Send before it is known what this connection is for; `sent_before` says later what it was."""
        with self._lock:
            self._write(self._encrypt(data) if self._tls else data)

    def sent_before(self, layer: Layer, data: bytes) -> None:
        """Bytes that were sent uncounted belong to that layer."""
        self._count(layer, data)

    def _count(self, layer: Layer, data: bytes) -> None:
        """Once it is sent: what could not be sent does not count."""
        if self._tally:
            self._tally.add("server", layer, data)
            if self._tls:
                self._tally.adjust("server", "security", -len(data))

    def _write(self, data: bytes) -> None:
        if data:
            self._raw(data, by_server=True)
            self._sock.settimeout(10)
            self._sock.sendall(data)

    # TLS

    def secure(self, context: ssl.SSLContext, seconds: float) -> str | None:
        """Do the TLS handshake as a server; the protocol that ALPN chose. Raises ssl.SSLError, OSError."""
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        deadline = monotonic() + seconds
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._write(self._out.read())
                data = self._read(max(deadline - monotonic(), 0.001))
                if not data:
                    raise ConnectionResetError from None
                self._in.write(data)
            else:
                self._write(self._out.read())
                return self._tls.selected_alpn_protocol()

    def _decrypt(self) -> bytes:
        assert self._tls
        try:
            return self._tls.read(READ)
        except ssl.SSLWantReadError:
            return b""
        except ssl.SSLZeroReturnError:
            return b""

    def _encrypt(self, data: bytes) -> bytes:
        assert self._tls
        self._tls.write(data)
        return self._out.read()

    # the end

    def cut(self) -> None:
        """Wake whoever waits on this connection: it is over."""
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it was over already

    def close(self) -> None:
        """Say FIN, wait briefly for the peer's, take the last figures, and let go."""
        try:
            self._sock.shutdown(socket.SHUT_WR)
            if self._trace:
                self._trace.add(self._clock(), "server", b"", "fin")
            deadline = monotonic() + DRAIN_SECONDS
            while (left := deadline - monotonic()) > 0:
                self._sock.settimeout(left)
                if not (data := self._sock.recv(READ)):
                    self._note(data)
                    break
                self._raw(data, by_server=False)
                if not self._tls:
                    self.took("framing", data)
        except OSError:
            pass  # the peer has gone without a word
        self._estimate.ended()
        if self._tally:
            self._tally.settle(self.network)
        self._sock.close()
