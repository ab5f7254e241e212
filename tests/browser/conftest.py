"""What the tests in a real browser share: a running server, a relay that records every byte, and a page that must
stay silent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from app import create_app
from app.live.server import background

LESSON = "/learn/one-conversation"
TWIN = "/learn/when-a-client-forgets-to-mask"
WAIT_MS = 15_000

expect.set_options(timeout=WAIT_MS)


@pytest.fixture(scope="session")
def server_port() -> Iterator[int]:
    """The port of a server that runs for all browser tests."""
    with background(create_app()) as server:
        yield server.port


@pytest.fixture(scope="session")
def base_url(server_port: int) -> str:
    """Where relative addresses lead (pytest-playwright takes it up)."""
    return f"http://127.0.0.1:{server_port}"


class Relay:
    """A TCP relay before the server. It keeps what each connection carried, by direction, and changes nothing."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.carried: list[dict[str, bytearray]] = []
        self._ended: list[threading.Event] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
                record = {"client": bytearray(), "server": bytearray()}
                ended = threading.Event()
                self.carried.append(record)
                self._ended.append(ended)
                threading.Thread(target=self._pump, args=(near, far, record["client"], None), daemon=True).start()
                threading.Thread(target=self._pump, args=(far, near, record["server"], ended), daemon=True).start()

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket, kept: bytearray, ended: threading.Event | None) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                kept += data
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        if ended:
            ended.set()

    def websockets(self, path: bytes = b"GET /ws/") -> list[dict[str, bytearray]]:
        """The connections whose request begins like this, once the server has closed its half of each."""
        found = []
        for record, ended in zip(list(self.carried), list(self._ended), strict=True):
            if record["client"].startswith(path):
                assert ended.wait(WAIT_MS / 1000), "the server did not close the connection"
                found.append(record)
        return found

    def close(self) -> None:
        self.listener.close()


@pytest.fixture
def relay(server_port: int) -> Iterator[Relay]:
    """A recording relay; open pages at its port and every byte passes through it."""
    relay = Relay(server_port)
    yield relay
    relay.close()


@pytest.fixture
def silent(page: Page) -> Iterator[Page]:
    """A page that may write nothing to the console and raise nothing."""
    said: list[str] = []

    def console(message: ConsoleMessage) -> None:
        said.append(f"{message.type}: {message.text}")

    page.on("console", console)
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    yield page
    assert not said


@pytest.fixture
def unfolded(silent: Page) -> Page:
    """A silent page of a reader who has chosen "Show more" before."""
    silent.add_init_script("localStorage.setItem('ss-more', '1')")
    return silent


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A desk-sized window, and no animations to wait for."""
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
