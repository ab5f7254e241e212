"""Diagnosing bytes in a real browser: paste, drop, point, flip, undo, take away; keys, small screens, no scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_axe import OPTIONS

pytestmark = pytest.mark.browser

CAPTURES = Path(__file__).parent.parent / "examples" / "captures"
CAPTURE = CAPTURES / "s2-pyws-aiohttp-close-codes.pcap"
SMALL = CAPTURES / "s4-chromium-wss-tls13.pcapng"
HELLO = "81 85 37 fa 21 3d 7f 9f 4d 51 58"


def paste(page: Page, text: str = HELLO) -> None:
    page.goto("/inspect")
    page.locator("#bytes").fill(text)
    expect(page.locator(".scope-w h2")).to_be_visible()


def test_what_is_pasted_is_explained_at_once(silent: Page) -> None:
    paste(silent)
    expect(silent.locator(".detect .pill")).to_contain_text("11 bytes · client to server")
    expect(silent.locator(".scope-w h2")).to_have_text("The client sends the text “Hello”")


def test_a_bit_is_flipped_and_taken_back(silent: Page) -> None:
    paste(silent)
    silent.locator(".bits.n32 .b-row [role=gridcell]").nth(8).click()
    expect(silent.locator(".stale-b")).to_contain_text("1 bit differs")
    expect(silent.locator(".diag h3").first).to_contain_text("MASK is 0")
    expect(silent.locator(".bits.n32 .b-row [role=gridcell]").nth(8)).to_be_focused()
    silent.keyboard.press("Control+z")
    expect(silent.locator(".stale-b")).to_have_count(0)
    expect(silent.locator(".scope-w h2")).to_have_text("The client sends the text “Hello”")


def test_a_byte_is_typed_by_keyboard(silent: Page) -> None:
    paste(silent)
    silent.locator('.hex [data-b="10"]').first.focus()
    silent.keyboard.type("59")
    expect(silent.locator(".scope-w h2")).to_have_text("The client sends the text “Helln”")


def test_a_field_gets_another_value(silent: Page) -> None:
    paste(silent)
    silent.locator(".fields a", has_text="opcode").click()
    silent.locator(".set input").fill("99")
    silent.locator(".set button").click()
    expect(silent.locator(".set [role=alert]")).to_contain_text("0 to 15")
    silent.locator(".set input").fill("0x9")
    silent.locator(".set button").click()
    expect(silent.locator(".scope-w h2")).to_have_text("The client asks: are you still there?")


def test_the_nearest_legal_bytes_mend_the_frame(silent: Page) -> None:
    paste(silent, "81 05 48 65 6c 6c 6f")
    silent.locator("[name=side]").evaluate("element => element.closest('details').open = true")
    silent.locator("[name=side]").select_option("client")
    expect(silent.locator(".diag h3").first).to_contain_text("MASK is 0")
    silent.locator("[data-edit]").click()
    expect(silent.locator(".diag")).to_have_count(1)  # the key of the RFC is worth a note
    expect(silent.locator(".scope-w h2")).to_have_text("The client sends the text “Hello”")


def test_a_capture_is_sorted_and_a_connection_chosen(silent: Page) -> None:
    silent.goto("/inspect")
    silent.set_input_files("input[type=file]", CAPTURE)
    expect(silent.locator(".tri h2")).to_have_text("Who ended it, when, how")
    expect(silent.locator(".tri-row")).to_have_count(12)
    silent.locator(".tri-row").nth(3).click()
    expect(silent.locator(".tri-row").nth(3)).to_have_attribute("aria-current", "true")
    expect(silent.locator(".tri-row").nth(3)).to_be_focused()


def test_a_link_holds_its_data_in_the_fragment(silent: Page) -> None:
    silent.context.grant_permissions(["clipboard-read", "clipboard-write"])
    paste(silent)
    silent.locator("[data-do=link]").click()
    expect(silent.locator(".said")).to_contain_text("Link copied")
    link = silent.evaluate("navigator.clipboard.readText()")
    assert re.search(r"/inspect#d=", link)
    silent.goto("about:blank")
    silent.goto(link)
    expect(silent.locator(".scope-w h2")).to_have_text("The client sends the text “Hello”")


def test_an_export_is_a_file(silent: Page) -> None:
    paste(silent)
    silent.locator(".menu summary").click()
    with silent.expect_download() as download:
        silent.locator("[data-export=pcapng]").click()
    assert download.value.suggested_filename == "capture.pcapng"


def test_bad_input_is_one_sentence(page: Page) -> None:
    page.goto("/inspect")
    page.locator("#bytes").fill("this is not a dump of anything")
    expect(page.locator(".refused")).to_contain_text("neither hexadecimal nor a trace")


def test_it_works_without_scripts(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/inspect")
    page.locator("#bytes").fill(f"{HELLO} 89 80 00 00 00 00")
    page.get_by_role("button", name="Decode").click()
    expect(page.locator(".scope-w h2")).to_have_text("The client sends the text “Hello”")
    page.locator(".units button").nth(1).click()
    expect(page.locator(".scope-w h2")).to_have_text("The client asks: are you still there?")
    expect(page.locator(".js-only:visible")).to_have_count(0)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("what", ["nothing", "dump", "capture"])
def test_axe_finds_nothing(page: Page, scheme: str, what: str) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto("/inspect")
    if what == "dump":
        paste(page, "81 05 48 65 6c 6c 6f 81 02 c3 28")
    if what == "capture":
        page.set_input_files("input[type=file]", SMALL)
        expect(page.locator(".tri h2")).to_be_visible()
    results = Axe().run(page, options=OPTIONS)
    assert not [(v["id"], [node["target"] for node in v["nodes"]][:3]) for v in results.response["violations"]]


@pytest.mark.parametrize("what", ["dump", "capture"])
def test_nothing_scrolls_sideways_on_a_very_small_screen(silent: Page, what: str) -> None:
    silent.set_viewport_size({"width": 320, "height": 640})
    paste(silent)
    if what == "capture":
        silent.set_input_files("input[type=file]", CAPTURE)
        expect(silent.locator(".tri h2")).to_be_visible()
    assert silent.evaluate("document.scrollingElement.scrollWidth") <= 320


def test_bytes_pasted_on_the_start_page_arrive(silent: Page) -> None:
    silent.goto("/")
    silent.locator("#bytes").fill(HELLO)
    silent.get_by_role("button", name="Decode").click()
    expect(silent.locator(".scope-w h2")).to_have_text("The client sends the text “Hello”")
    expect(silent.locator("#bytes")).to_have_value(HELLO)
