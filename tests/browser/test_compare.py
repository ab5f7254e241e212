"""The comparison lab in a real browser: four transports live, against the figures that the protocols prescribe."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from app import create_app
from app.lab.lab import missing
from app.live.server import background
from tests.browser.test_axe import OPTIONS

FIRST = ("payload", "framing", "headers", "security", "network", "total")
MEASURING_MS = 40_000


def part(page: Page, name: str) -> Any:
    return page.locator(f'[data-part="{name}"]')


def measure(page: Page, **choices: str) -> dict[str, dict[str, str]]:
    """Measure with these choices; the table by transport."""
    for name, value in choices.items():
        page.select_option(f"[name={name}]", value)
    part(page, "measure").click()
    expect(part(page, "status")).to_contain_text("transports measured", timeout=MEASURING_MS)
    return figures(page)


def figures(page: Page) -> dict[str, dict[str, str]]:
    rows = part(page, "table").locator("tbody tr").all()
    cells = {
        row.locator("th").inner_text().removesuffix("recorded").strip(): row.locator("td").all_inner_texts()
        for row in rows
    }
    return {name: dict(zip(FIRST, found, strict=False)) for name, found in cells.items()}


@pytest.fixture
def lab(silent: Page) -> Page:
    silent.goto("/compare")
    expect(part(silent, "table").locator("tbody tr").first).to_be_visible()
    return silent


def test_all_four_are_live_stopped_run_again_exported_and_opened(lab: Page) -> None:
    expect(part(lab, "source")).to_have_text("Recorded figures, not from your machine")
    lab.select_option("[name=count]", "1000")
    part(lab, "measure").click()
    expect(part(lab, "figure")).to_contain_text("of 1000 messages")
    part(lab, "stop").click()
    expect(part(lab, "status")).to_have_text("Stopped", timeout=5000)

    found = measure(lab, size="200", count="20")
    assert list(found) == ["HTTP polling", "SSE", "WebSocket", "WebRTC"]
    assert {row["payload"] for row in found.values()} == {"200"}
    assert found["WebSocket"]["framing"] == "4" and found["SSE"]["framing"] == "14"
    assert int(found["HTTP polling"]["headers"]) > 300
    lanes = part(lab, "lanes").locator(".ln-row")
    delays = [float(text.split()[0]) for text in lanes.locator("em").all_inner_texts()]
    assert delays[0] > 100 > max(delays[1:]), "news waits for the next question, and for nothing else"
    if not missing():
        expect(part(lab, "source")).to_have_text("Measured on this machine")

    for kind in ("csv", "json"):
        with lab.expect_download() as download:
            part(lab, kind).click()
        assert download.value.suggested_filename == f"socketscope-compare.{kind}"
    expect(part(lab, "bytes")).to_contain_text("81 7e 00 c8")
    part(lab, "sample").select_option("poll")
    expect(part(lab, "bytes").locator("pre").first).to_contain_text("GET /")
    part(lab, "sample").select_option("ws")
    part(lab, "workbench").click()
    lab.wait_for_url("**/live/lab-*")
    expect(lab.get_by_role("region", name="Selected message").locator("h2")).to_be_visible()


def test_figures_are_there_before_measuring_for_every_choice(lab: Page) -> None:
    lab.check("[name=every]")
    lab.select_option("[name=size]", "65536")
    lab.select_option("[name=sender]", "client")
    found = figures(lab)
    assert {row["payload"] for name, row in found.items() if "compressed" not in name} == {"65,536"}
    expect(part(lab, "bars")).to_contain_text("SSE carries nothing from client to server")
    expect(part(lab, "recorded")).to_contain_text("Recorded on")


ROW = """async ([id, plan]) => {
  const { Measurement } = await import("/static/js/compare-measure.js");
  const one = new Measurement(plan, JSON.parse(document.querySelector("ss-compare").dataset.lab).facts);
  await one.start(window.lastRun ?? "");
  window.lastRun = one.id;
  return one.row(id, () => {});
}"""


def one_row(page: Page, row: str, sender: str = "client", size: int = 32, *, cookies: bool = False) -> Any:
    """One row alone, through the page's own code."""
    plan = {"size": size, "count": 5, "sender": sender, "cookies": cookies}
    found = page.evaluate(ROW, [row, plan])
    assert found["delivered"] == 5
    return found["messages"]["client"] if sender == "client" else found["messages"]["server"]


def test_a_cookie_goes_with_every_request_and_with_one_handshake(lab: Page) -> None:
    bare, sweet = (one_row(lab, "post", cookies=cookies) for cookies in (False, True))
    assert sweet["headers"] - bare["headers"] == 5 * (len("Cookie: \r\n") + 188)
    assert one_row(lab, "ws", cookies=True) == {**one_row(lab, "ws"), "network": 260}


def test_the_page_masks_and_the_header_grows(lab: Page) -> None:
    for size, header in ((1, 6), (125, 6), (126, 8), (65_536, 14)):
        found = one_row(lab, "ws", size=size)
        assert (found["payload"], found["framing"]) == (5 * size, 5 * header)


def test_the_other_ways_carry_64_kib(lab: Page) -> None:
    for row, sender in (("long", "server"), ("rtc", "client"), ("rtc-loose", "server")):
        if row in missing():
            pytest.skip(f"{missing()[row]} is not installed")
        assert one_row(lab, row, sender, 65_536)["payload"] >= 5 * 65_536


def test_over_https_the_browser_measures_wss_itself(browser: Browser) -> None:
    with background(create_app()) as server:
        context = browser.new_context(ignore_https_errors=True)
        page = context.new_page()
        page.goto(f"https://127.0.0.1:{server.port}/compare")
        expect(part(page, "table").locator("tbody tr").first).to_be_visible()
        assert one_row(page, "wss")["security"] == 5 * 22
        context.close()


def test_without_aiortc_the_row_says_how_to_add_it(silent: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.compare.missing", lambda: {"rtc": "aiortc", "rtc-loose": "aiortc"})
    silent.goto("/compare")
    expect(part(silent, "table").locator("tbody tr").first).to_be_visible()
    bar = part(silent, "bars").locator(".bar", has_text="WebRTC")
    expect(bar).to_contain_text("recorded")
    expect(bar).to_contain_text("pip install 'socketscope[webrtc]'")


def test_axe_finds_nothing(lab: Page) -> None:
    lab.locator("summary").click()
    for scheme in ("light", "dark"):
        lab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        lab.evaluate("scheme => document.documentElement.dataset.theme = scheme", scheme)
        results = Axe().run(lab, options=OPTIONS)
        assert not [(v["id"], [node["target"] for node in v["nodes"]][:3]) for v in results.response["violations"]]


def test_nothing_is_cut_off_on_a_small_screen(lab: Page) -> None:
    for width in (320, 390, 768, 1024):
        lab.set_viewport_size({"width": width, "height": 800})
        assert lab.evaluate("document.documentElement.scrollWidth") <= width
