"""What the tests in a real browser share: a running server, a relay that records every byte, and a page that must
stay silent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from app import create_app
from app.live.server import background
from tests.relay import Relay

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
