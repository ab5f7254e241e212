"""The lab's own listener: werkzeug closes every connection after one answer, and that is not what is measured here."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Callable

from app.lab.channel import Channel
from app.lab.kernel import MSS
from app.lab.tap import Tap
from app.lab.visitor import Visitor

CONNECTIONS = 64
BACKLOG = 64

Find = Callable[[str, str], Channel | None]
Signal = Callable[[Channel, bytes], bytes]

log = logging.getLogger("socketscope.lab")


class Listener:
    """Accepts on a free port of `host`, a thread for each connection, at most 64 of them. Raises OSError."""

    def __init__(self, host: str, find: Find, signal: Signal) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._sock = socket.create_server((host, 0), family=family, backlog=BACKLOG)
        self._sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, "TCP_MAXSEG", 2), MSS)
        self.port: int = self._sock.getsockname()[1]
        self.context: ssl.SSLContext | None = None
        self.find, self.signal = find, signal
        self._taps: set[Tap] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._accept, name="lab listener", daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while not self._closed:
            try:
                sock, _ = self._sock.accept()
            except OSError:
                if not self._closed:
                    log.warning("the lab cannot accept connections any more", exc_info=True)
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._welcome(sock)

    def _welcome(self, sock: socket.socket) -> None:
        with self._lock:
            if self._closed or len(self._taps) >= CONNECTIONS:
                sock.close()
                return
            tap = Tap(sock)
            self._taps.add(tap)
        threading.Thread(target=self._serve, args=(tap,), name="lab connection", daemon=True).start()

    def _serve(self, tap: Tap) -> None:
        try:
            Visitor(tap, self).run()
        finally:
            with self._lock:
                self._taps.discard(tap)

    def close(self) -> None:
        """End everything; threads that serve a connection see their socket fail."""
        self._closed = True
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # some systems refuse this on a listener; closing is enough there
        self._sock.close()
        with self._lock:
            taps = list(self._taps)
        for tap in taps:
            tap.cut()
        self._thread.join(2)
