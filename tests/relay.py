"""A TCP relay that keeps every byte it carries and changes none."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

WAIT_SECONDS = 15


class Link:
    """One connection through the relay. `client` and `server` are what each side sent."""

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self.client, self.server = bytearray(), bytearray()
        self.ended = threading.Event()
        self._sockets = (near, far)
        self._threads = [
            threading.Thread(target=self._pump, args=(near, far, self.client), daemon=True),
            threading.Thread(target=self._pump, args=(far, near, self.server), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _pump(self, source: socket.socket, sink: socket.socket, kept: bytearray) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                kept += data
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        if kept is self.server:
            self.ended.set()

    def close(self) -> None:
        for end in self._sockets:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(WAIT_SECONDS)
        for end in self._sockets:
            end.close()


class Relay:
    """Listens on `port` and passes everything on to `target`."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.links: list[Link] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self.links.append(Link(near, socket.create_connection(("127.0.0.1", self.target))))

    def websockets(self) -> list[Link]:
        """The connections to the endpoint under study, once the server has closed its half of each."""
        found = [link for link in list(self.links) if link.client.startswith(b"GET /ws/")]
        for link in found:
            assert link.ended.wait(WAIT_SECONDS), "the server did not close the connection"
        return found

    def close(self) -> None:
        """End everything."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(WAIT_SECONDS)
        self._listener.close()
        for link in self.links:
            link.close()
