"""The two lenses in a browser: silent, without a barrier, and led by the keyboard."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from websockets.sync.client import connect

from tests.browser.test_axe import OPTIONS

PAGES = ("/lens/deflate", "/lens/tls", "/lens/tls?view=net", "/lens/tls?side=server&record=9")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(silent: Page, path: str, scheme: str) -> None:
    silent.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    silent.goto(path)
    found = Axe().run(silent, options=OPTIONS).response["violations"]
    assert not [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found]


@pytest.mark.parametrize("width", [1440, 390, 320])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways(silent: Page, path: str, width: int) -> None:
    silent.set_viewport_size({"width": width, "height": 800})
    silent.goto(path)
    assert silent.evaluate("document.documentElement.scrollWidth") <= width


def test_arrow_keys_step_through_the_symbols(silent: Page) -> None:
    silent.goto("/lens/deflate")
    second = silent.locator("ss-deflate").nth(1)
    second.get_by_role("button", name="H", exact=True).locator("visible=true").click()
    expect(second.locator(".win-g")).to_be_hidden()
    silent.keyboard.press("ArrowRight")
    expect(second.get_by_role("region", name="Close-up: length")).to_be_visible()
    expect(second.locator(".win-g")).to_be_visible()


def test_one_cursor_goes_through_all_layers(silent: Page) -> None:
    silent.goto("/lens/tls")
    silent.locator("[data-key=r11]").first.hover()
    expect(silent.locator(".bc.hot")).to_have_count(5)
    silent.locator("[data-key=r11]").first.click()
    for _ in range(4):
        silent.keyboard.press("ArrowDown")
    expect(silent.locator(".bc:focus")).to_have_text("H")


def test_a_compressed_frame_is_taken_apart_in_the_workbench(unfolded: Page, server_port: int) -> None:
    with connect(f"ws://127.0.0.1:{server_port}/ws/inside") as client:
        client.send("Hello, Hello")
        client.recv()
        unfolded.goto("/live/inside")
        unfolded.locator(".rung.c2s .lane", has_text="TEXT").click()
        inside = unfolded.locator(".inside")
        expect(inside.locator("ss-deflate")).to_be_visible()
        inside.locator("button[data-mark] >> visible=true").nth(3).click()
        expect(inside.locator(".close:visible")).to_have_count(1)
