"""The threaded server around the front: a cap on connections, and an accept loop that survives exhaustion."""

from __future__ import annotations

import errno
import logging
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from werkzeug.serving import ThreadedWSGIServer

from app.live.front import FrontHandler, busy
from app.live.hub import Hub

BACKLOG = 512
EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
WANTED_FILES = 65_536
PAUSE_SECONDS = 0.1
"""How long accepting pauses when there are no descriptors left."""

log = logging.getLogger("socketscope.live")


class FrontServer(ThreadedWSGIServer):
    """Serves `app` on a listening socket; `/ws/` and the feed's writing belong to `hub`."""

    _spare = -1

    def __init__(self, listener: socket.socket, app: Any, hub: Hub) -> None:
        host, port = listener.getsockname()[:2]
        super().__init__(host, port, app, FrontHandler, fd=listener.fileno())
        listener.close()
        self.hub = hub
        hub.bound((host, port))
        self._slots = threading.Semaphore(hub.settings.connections)
        self._take_spare()
        self._pause = threading.Event()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept; with no descriptor left, turn the peer away with a spare one instead of spinning."""
        try:
            return super().get_request()
        except OSError as error:
            if error.errno in EXHAUSTED:
                self._turn_away_with_spare()
            raise

    def _turn_away_with_spare(self) -> None:
        log.warning("no file descriptors left: a connection is turned away")
        self._give_spare()
        try:
            peer, _ = self.socket.accept()
            self._turn_away(peer)
        except OSError:
            pass  # somebody else took the descriptor, or the peer has left
        self._pause.wait(PAUSE_SECONDS)
        self._take_spare()

    def _take_spare(self) -> None:
        try:
            self._spare = os.open(os.devnull, os.O_RDONLY)
        except OSError:
            self._spare = -1  # the next pause tries again

    def _give_spare(self) -> None:
        if self._spare >= 0:
            os.close(self._spare)
            self._spare = -1

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for the connection, or 503 when there are too many."""
        if not self._slots.acquire(blocking=False):
            self._turn_away(request)
            return
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no more threads
            self._slots.release()
            self._turn_away(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """In the connection's thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def _turn_away(self, peer: socket.socket) -> None:
        try:
            peer.setblocking(False)
            peer.send(busy("The server has as many connections as it can serve; please try again in a minute."))
            peer.shutdown(socket.SHUT_WR)
            peer.recv(65_536)
        except OSError:
            pass  # it is told what can be told without waiting
        finally:
            peer.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Peers come and go; anything else is a defect and is logged as one."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            log.error("a connection failed", exc_info=error)

    def server_close(self) -> None:
        """Also gives the spare descriptor back."""
        super().server_close()
        self._give_spare()


@contextmanager
def background(app: Any, host: str = "127.0.0.1", port: int = 0) -> Iterator[FrontServer]:
    """Serve an application from `create_app` in a thread, on a free port by default; for tests and notebooks."""
    hub: Hub = app.extensions["hub"]
    server = FrontServer(listen(host, port), app, hub)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        hub.stop()
        thread.join(5)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


def raise_file_limit() -> None:
    """Allow as many file descriptors as the system lets us: a WebSocket connection uses three."""
    try:
        import resource
    except ImportError:
        return  # Windows has no such limit
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(hard, WANTED_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):  # macOS says "no limit" and means fewer than this
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
