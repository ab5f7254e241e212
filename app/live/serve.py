"""`socketscope serve`: one port for pages and WebSockets, until a signal; then 1001 to everybody and out."""

from __future__ import annotations

import errno
import logging
import os
import signal
import sys
import threading
from typing import NoReturn

from app.live.hub import Hub, is_loopback
from app.live.server import FrontServer, listen, raise_file_limit
from app.settings import SettingsError, load

LAST_RESORT_SECONDS = 4.8
"""After this long the process ends in any case."""

log = logging.getLogger("socketscope")


def serve(host: str, port: int) -> NoReturn:
    """Serve until SIGTERM or SIGINT. Exits with 0, or with 1 and one sentence when it cannot begin."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    if not is_loopback(host) and os.environ.get("FLASK_DEBUG", "0") not in ("", "0"):
        _fail("The debugger does not start on an address that others can reach; unset FLASK_DEBUG.")
    server, hub = _open(host, port)
    _announce(host, server.port, hub.trusted)
    if hub.secure.possible:
        print("https and wss work on the same port.", flush=True)
    _until_signal(server)
    threading.Timer(LAST_RESORT_SECONDS, os._exit, (0,)).start()
    hub.stop()
    logging.shutdown()
    os._exit(0)  # threads that serve slow peers are not waited for


def _open(host: str, port: int) -> tuple[FrontServer, Hub]:
    import app  # the place where the parts are joined; not needed by anything else here

    raise_file_limit()
    try:
        settings = load(os.environ)
        listener = listen(host, port)
    except SettingsError as error:
        _fail(f"{error}.")
    except OSError as error:
        _fail(_why(error, host, port))
    try:
        made = app.create_app(settings, bind=(host, listener.getsockname()[1]))
    except SettingsError as error:  # a certificate that cannot be used
        _fail(f"{error}.")
    hub: Hub = made.extensions["hub"]
    return FrontServer(listener, made, hub), hub


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use; choose another one with --port (or PORT=5001 make run)."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"This account may not use port {port}; choose one above 1023 with --port."
    return f"Cannot listen on {host} port {port}: {error.strerror or error}."


def _until_signal(server: FrontServer) -> None:
    def stop(*_: object) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve_forever(poll_interval=0.2)


def _announce(host: str, port: int, trusted: bool) -> None:
    shown = f"[{host}]" if ":" in host else host
    print(f"Socketscope is at http://{shown}:{port}  (WebSocket: ws://{shown}:{port}/ws/echo)", flush=True)
    if not trusted:
        print(
            "Warning: this address can be reached from the network, and plain HTTP can be read by everybody on it.",
            file=sys.stderr,
            flush=True,
        )


def _fail(sentence: str) -> NoReturn:
    print(f"socketscope: {sentence}", file=sys.stderr, flush=True)
    raise SystemExit(1)
