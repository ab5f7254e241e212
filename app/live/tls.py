"""A socket with TLS on it whose ciphertext is recorded too: the ssl module works in memory, we carry the bytes.

It has what the front, the endpoint, the feed and werkzeug use of a socket. Blocking or not is as on the socket below.
"""

from __future__ import annotations

import io
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from time import monotonic, monotonic_ns
from typing import TYPE_CHECKING, Any, Protocol

from app.trace import Kind, Side

if TYPE_CHECKING:
    from app.live.connection import Connection

RECORD = 16_384
READ = 65_536
GREETING = 2**17
"""Bytes that a client may send before the handshake is over."""
DEBT = 2**18
"""Answers of the TLS engine itself that may wait for a peer which does not read."""


class Keys(Protocol):
    """Where the secrets of one handshake are logged."""

    def take(self) -> bytes:
        """What was logged; nothing more is logged from now on."""


class TlsSocket:
    """`keylog` holds the secrets of this connection once the handshake is over, if they are kept at all."""

    def __init__(
        self, raw: socket.socket, context: ssl.SSLContext, pieces: Iterable[tuple[int, bytes]], keys: Keys | None
    ) -> None:
        self.keylog = b""
        self.began = monotonic_ns()
        self._raw, self._keys = raw, keys
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        self._lock = threading.Lock()
        self._timeout: float | None = None
        self._plain = b""  # deciphered, and more than was asked for
        self._debt = memoryview(b"")  # ciphertext that TCP has not taken
        self._owed = 0  # bytes of the caller in it
        self._ended = self._said_end = False
        self._log: list[tuple[int, Side, bytes, Kind]] = []
        self._note: Callable[[int, Side, bytes, Kind], None] = lambda *what: self._log.append(what)
        for at, data in pieces:
            self.began = min(self.began, at)
            self._hear(at, data)

    # what is recorded

    def attach(self, connection: Connection) -> None:
        """Record the ciphertext, also what passed so far, in this connection."""
        began = connection.session.began

        def note(at: int, side: Side, data: bytes, kind: Kind) -> None:
            connection.record(max(at - began, 0), side, data, kind, "tls")

        for what in self._log:
            note(*what)
        self._log.clear()
        self._note = note
        connection.tls, connection.keylog = self.describe(), self.keylog

    def forget(self) -> None:
        """Nobody wants the ciphertext, nor the keys."""
        self._log.clear()
        self._note = lambda *what: None
        self.keylog = b""

    def describe(self) -> dict[str, Any]:
        """Version, suite and protocol agreed on, as JSON."""
        cipher = self._tls.cipher()
        return {
            "version": self._tls.version(),
            "suite": cipher and cipher[0],
            "alpn": self._tls.selected_alpn_protocol(),
        }

    def _hear(self, at: int, data: bytes) -> None:
        if data:
            self._note(at, "client", data, "data")
            self._in.write(data)
        else:
            self._note(at, "client", b"", "fin")
            self._in.write_eof()

    # the handshake

    def handshake(self, seconds: float) -> bool:
        """Agree on keys within that time; False when that failed, and the peer has been told so."""
        deadline, heard = monotonic() + seconds, 0
        try:
            while not self._step():
                left = deadline - monotonic()
                if left <= 0 or heard > GREETING:
                    return False
                self._raw.settimeout(left)
                heard += self._fill(READ)
        except OSError:
            return False
        finally:
            if self._keys:
                self.keylog = self._keys.take()
        return True

    def _step(self) -> bool:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
            return False
        except ssl.SSLError:
            self._flush()  # the alert that says why
            raise
        self._flush()
        return True

    # in

    def recv(self, size: int) -> bytes:
        """What the peer said; empty at its end.

        It may be more than `size`: what is deciphered does not wait in here, where poll cannot see it.
        """
        deadline = monotonic() + self._timeout if self._timeout else None
        while True:
            with self._lock:
                plain = self._read()
            if plain is not None:
                return plain
            if deadline is not None:
                self._raw.settimeout(_left(deadline))
            self._fill(size)

    def recv_into(self, buffer: Any) -> int:
        """The same, into a buffer; what does not fit is there at the next call."""
        data = self.recv(len(buffer))
        size = min(len(buffer), len(data))
        buffer[:size], self._plain = data[:size], data[size:]
        return size

    def _fill(self, size: int) -> int:
        """Bytes from below. Raises what the socket raises."""
        try:
            data = self._raw.recv(max(size, RECORD))
        except ConnectionError:
            self._note(monotonic_ns(), "client", b"", "rst")
            raise
        self._hear(monotonic_ns(), data)
        return len(data)

    def _read(self) -> bytes | None:
        """All that can be deciphered; None when more ciphertext is needed for that, empty at the end."""
        parts, self._plain = [self._plain] if self._plain else [], b""
        while not self._ended:
            try:
                data = self._tls.read(READ)
            except ssl.SSLWantReadError:
                break
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                data = b""
            except ssl.SSLError as error:
                self._settle()
                raise ConnectionAbortedError(f"TLS failed: {error.reason}") from None
            parts.append(data)
            self._ended = not data
        self._settle()
        if self._ended and any(parts):
            self._show_end()
        return b"".join(parts) if any(parts) else b"" if self._ended else None

    def _show_end(self) -> None:
        """Make poll tell of the end, which is known in here only."""
        try:
            self._raw.shutdown(socket.SHUT_RD)
        except OSError:
            pass  # the peer is gone altogether, which poll tells as well

    def _settle(self) -> None:
        """Send what the TLS engine has to say by itself, as far as TCP takes it now."""
        if not self._out.pending and not self._debt:
            return
        try:
            self._flush()
        except BlockingIOError:
            if len(self._debt) > DEBT:
                raise ConnectionAbortedError("The peer asks and does not read.") from None

    # out

    def send(self, data: bytes | memoryview) -> int:
        """Send one record's worth and return its size. After BlockingIOError call again with the same data."""
        with self._lock:
            if not self._owed:
                self._settle()
                self._owed = self._tls.write(memoryview(data)[:RECORD])
            self._flush()
            size, self._owed = self._owed, 0
            return size

    def sendall(self, data: bytes) -> None:
        """Send everything within the time-out."""
        deadline = monotonic() + self._timeout if self._timeout else None
        rest = memoryview(data)
        while rest:
            if deadline is not None:
                self._raw.settimeout(_left(deadline))
            rest = rest[self.send(rest) :]

    def _flush(self) -> None:
        """Give TCP what is written; raises BlockingIOError when it does not take all of it."""
        if self._out.pending:
            self._debt = memoryview(bytes(self._debt) + self._out.read())
        while self._debt:
            at = monotonic_ns()
            size = self._raw.send(self._debt)
            self._note(at, "server", bytes(self._debt[:size]), "data")
            self._debt = self._debt[size:]

    # the end

    def shutdown(self, how: int) -> None:
        """Close a direction. Before ours ends, a close_notify says so, which makes a cut connection visible."""
        if how != socket.SHUT_RD:
            if self._said_end:
                return
            self._said_end = True
            with self._lock:
                try:
                    self._tls.unwrap()
                except (ssl.SSLError, ValueError):
                    pass  # the peer's own close_notify is not waited for
                try:
                    self._flush()
                except OSError:
                    pass  # nobody takes it any more
            self._note(monotonic_ns(), "server", b"", "fin")
        self._raw.shutdown(how)

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()

    # as on the socket below

    def fileno(self) -> int:
        """For poll."""
        return self._raw.fileno()

    def settimeout(self, seconds: float | None) -> None:
        """Seconds that a call may take; None without limit."""
        self._timeout = seconds
        self._raw.settimeout(seconds)

    def setblocking(self, blocking: bool) -> None:
        """Wait, or raise BlockingIOError."""
        self.settimeout(None if blocking else 0.0)


class Writer(io.BufferedIOBase):
    """A writable stream on a socket, as http.server writes to it."""

    def __init__(self, sock: TlsSocket) -> None:
        self._sock = sock

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._sock.sendall(data)
        return len(data)


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left
