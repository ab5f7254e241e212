"""The first lesson on the reader's own connection, through a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import LESSON
from tests.relay import Relay

RUNGS = ".rung"


def _open_own(page: Page) -> None:
    """Open the page's own connection and wait for its end. The recorded example has ends too, so first its label."""
    page.get_by_role("button", name="Open your own", exact=True).click()
    expect(page.locator(".gate b").first).to_have_text("Your connection")
    expect(page.locator(".rung.end")).to_have_count(2)


def _go_and_read(page: Page, place: int) -> tuple[str, bytes]:
    """Choose a row; who sent it, and every byte that the page shows of it."""
    row = page.locator(RUNGS).nth(place)
    row.locator(".lane").click()
    expect(row).to_have_class(re.compile(r"\bcur\b"))
    number = page.locator(RUNGS).nth(place).locator(".lane").get_attribute("data-key")
    expect(page.locator(f'.explain[data-seq="{(number or "e")[1:]}"]')).to_be_visible()
    size = int(page.locator(".explain").get_attribute("data-size") or 0)
    more = page.locator(".hex a.more")
    if more.count():
        more.click()
        expect(page.locator(f'.hex [data-b="{size - 1}"][role=gridcell]')).to_be_visible()
    cells = page.locator(".hex [role=gridcell]").evaluate_all("cells => cells.map(cell => cell.textContent).join('')")
    side = "client" if "c2s" in (row.get_attribute("class") or "") else "server"
    data = bytes.fromhex(cells)
    assert len(data) == size
    return side, data


def test_the_bytes_on_the_page_are_the_bytes_on_the_wire(unfolded: Page, relay: Relay) -> None:
    page = unfolded
    page.goto(f"http://127.0.0.1:{relay.port}{LESSON}?step=3")
    _open_own(page)
    shown = {"client": b"", "server": b""}
    for place in range(page.locator(RUNGS).count()):
        side, data = _go_and_read(page, place)
        shown[side] += data
    (carried,) = relay.websockets()
    assert shown["client"] == bytes(carried.client)
    assert shown["server"] == bytes(carried.server)
    assert len(shown["server"]) > 400


def test_the_lesson_speaks_of_the_readers_own_bytes(unfolded: Page, relay: Relay) -> None:
    page = unfolded
    page.goto(f"http://127.0.0.1:{relay.port}{LESSON}?step=3")
    _open_own(page)
    expect(page.locator(".lesson section.waits")).to_have_count(0)
    (carried,) = relay.websockets()
    head = carried.client.index(b"\r\n\r\n") + 4
    first = carried.client[head + 6]
    expect(page.locator('.lesson [data-v="client.text[0].payload.byte[0]"]').first).to_have_text(f"{first:02x}")
    expect(page.locator(".lesson section.cur")).to_have_attribute("data-step", "3")


def test_a_held_answer_keeps_the_browser_waiting_until_it_is_let_through(unfolded: Page) -> None:
    page = unfolded
    page.goto(f"{LESSON}?step=2")
    page.get_by_role("button", name="Open your own and hold each message").click()
    expect(page.locator(".gate.held")).to_contain_text("Paused.")
    expect(page.locator(".rung.held")).to_have_count(1)
    expect(page.locator(".count").first).to_contain_text("so far")
    page.get_by_role("button", name="Let it through").click()
    expect(page.locator(".rung.held.s2c")).to_have_count(1)
    expect(page.locator(".explain .badge")).to_have_text("Not sent yet")
    expect(page.locator(".sees .state-no")).to_have_text("readyState 0")
    expect(page.locator(".holdnote")).to_contain_text("readyState stays 0")
    page.locator("body").press(".")
    expect(page.locator(".rung.held.c2s")).to_have_count(1)
    expect(page.locator(".rung").nth(1)).not_to_have_class(re.compile("held"))
    page.locator(".rung").nth(1).locator(".lane").click()
    expect(page.locator(".sees .page .code")).to_have_text("onopen")
    expect(page.locator(".sees .state-no")).to_have_text("readyState 1")
    expect(page.locator(".gate.held")).to_be_visible()
    page.locator("body").press(" ")
    expect(page.locator(".rung.end")).to_have_count(2)
    expect(page.locator(".rung.held")).to_have_count(0)
    expect(page.locator(".gate.held")).to_have_count(0)


def test_a_session_shows_what_another_client_sends(unfolded: Page, server_port: int) -> None:
    from websockets.sync.client import connect

    page = unfolded
    page.goto("/live/bench-one")
    expect(page.locator(".gate b").first).to_have_text("Waiting for a client")
    with connect(f"ws://127.0.0.1:{server_port}/ws/bench-one", compression=None) as ws:
        ws.send("from outside")
        assert ws.recv() == "from outside"
        expect(page.locator(".rung", has_text="from outside")).to_have_count(2)
        expect(page.locator(".gate b").first).to_have_text("Another client’s connection")
    expect(page.locator(".connect .has-note")).to_be_visible()


def test_a_ping_is_sent_by_a_scripted_client_and_the_page_says_so(unfolded: Page) -> None:
    page = unfolded
    page.goto("/live/bench-two")
    expect(page.locator(".gate b").first).to_have_text("Waiting for a client")
    page.get_by_text("Ping", exact=True).click()
    expect(page.locator(".comp-note")).to_contain_text("JavaScript has no way to send a ping")
    expect(page.locator(".prev")).to_have_text("2 + 4 + 14 = 20 B")
    page.get_by_role("button", name="Send as scripted client").click()
    expect(page.locator(".rung", has_text="PING")).to_have_count(1)
    expect(page.locator(".rung", has_text="PONG")).to_have_count(1)


def test_hostile_text_stays_text(unfolded: Page) -> None:
    page = unfolded
    page.goto("/live/bench-three")
    expect(page.locator(".gate b").first).to_have_text("Waiting for a client")
    page.locator(".comp-in input").fill("<img src=x onerror=alert(1)>")
    page.get_by_role("button", name="Send as scripted client").click()
    expect(page.locator(".rung", has_text="<img")).to_have_count(2)
    expect(page.locator(".stage img")).to_have_count(0)


def test_another_page_is_served_while_a_handshake_is_held(unfolded: Page) -> None:
    """Chromium opens no second WebSocket to a host while one waits for its answer; the feed takes another way."""
    page = unfolded
    page.goto(f"{LESSON}?step=2")
    page.get_by_role("button", name="Open your own and hold each message").click()
    expect(page.locator(".gate.held")).to_be_visible()
    second = page.context.new_page()
    second.goto("/live/beside")
    expect(second.locator(".gate b").first).to_have_text("Waiting for a client")
    expect(page.locator(".gate.held")).to_be_visible()
    page.locator("body").press(" ")
    expect(page.locator(".gate.held")).to_have_count(0)


def test_a_lost_feed_comes_back_and_misses_nothing(page: Page, relay: Relay, server_port: int) -> None:
    from websockets.sync.client import connect

    page.add_init_script("localStorage.setItem('ss-more', '1')")
    page.goto(f"http://127.0.0.1:{relay.port}/live/torn")
    expect(page.locator(".gate b").first).to_have_text("Waiting for a client")
    with connect(f"ws://127.0.0.1:{server_port}/ws/torn", compression=None) as ws:
        expect(page.locator(".rung")).to_have_count(2)
        for link in list(relay.links):
            link.close()
        expect(page.locator(".wb-notice")).to_contain_text("The line to the server is lost")
        ws.send("while nobody looked")
        assert ws.recv() == "while nobody looked"
        expect(page.locator(".rung", has_text="while nobody looked")).to_have_count(2)
        expect(page.locator(".wb-notice")).to_be_hidden()
