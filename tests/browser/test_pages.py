"""The pages in a real browser: reading, pointing, keys, small screens, no scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import LESSON, TWIN

PAGES = ["/", LESSON, f"{LESSON}?step=9", f"{TWIN}?step=3", "/live/quiet", "/reference/api"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_silent_and_has_one_heading(silent: Page, path: str) -> None:
    silent.goto(path)
    silent.wait_for_load_state("networkidle")
    expect(silent.locator("h1")).to_have_count(1)
    expect(silent.locator("main")).to_have_count(1)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_on_a_very_small_screen(silent: Page, path: str) -> None:
    silent.set_viewport_size({"width": 320, "height": 640})
    silent.goto(path)
    silent.wait_for_load_state("networkidle")
    for pane in ("read", "talk", "bits"):
        button = silent.locator(f"[data-pane-b={pane}]")
        if button.count():
            button.click()
        width = silent.evaluate("document.scrollingElement.scrollWidth")
        assert width <= 320, pane


@pytest.mark.parametrize("path", ["/nowhere", "/learn/nothing", "/live/NOT-A-NAME"])
def test_a_missing_page_says_so_in_one_sentence(page: Page, path: str) -> None:
    response = page.goto(path)
    assert response and response.status == 404
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_role("link", name="Go to the start page")).to_be_visible()


def test_a_lesson_can_be_read_without_scripts(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{LESSON}?step=3&field=key")
    expect(page.locator(".lesson section .body").nth(8)).to_be_visible()
    expect(page.get_by_role("heading", name="The client sends the text “Hello”")).to_be_visible()
    expect(page.locator(".close:visible b").first).to_have_text("masking key")
    expect(page.locator(".js-only:visible")).to_have_count(0)
    page.locator(".rung .lane").nth(8).click()
    expect(page.get_by_role("heading", name=re.compile("The server sends the text"))).to_be_visible()
    page.locator(".fields a", has_text="extended length").click()
    expect(page.locator(".close:visible b").first).to_have_text("extended length")
    context.close()


def test_pointing_lights_a_field_everywhere_and_moves_nothing(unfolded: Page) -> None:
    page = unfolded
    page.goto(f"{LESSON}?step=3")
    chip = page.locator("section.cur .chip", has_text="masking key")
    expect(page.locator(".explain .sel").first).to_be_visible()
    places = """() => [...document.querySelectorAll('.bit, .hb, .chip, .rung')].map(part => {
        const box = part.getBoundingClientRect();
        return [box.x, box.y];
    })"""
    before = page.evaluate(places)
    chip.hover()
    expect(page.locator(".n32 .bit.hot")).to_have_count(32)
    expect(page.locator(".hex .hb.hot")).to_have_count(4)
    assert page.evaluate(places) == before
    page.locator(".n32 .bit[data-f=opcode]").first.hover()
    expect(page.locator("section.cur .chip.hot")).to_have_text("opcode")


def test_choosing_a_byte_opens_its_sum(unfolded: Page) -> None:
    page = unfolded
    page.goto(f"{LESSON}?step=3")
    page.locator('.hex .hb[data-b="8"]').click()
    expect(page.locator(".xor-bits:visible p")).to_have_text("Payload byte 2 (byte 8 of the frame)")
    expect(page.locator(".xor td.at")).to_have_count(5)


def test_the_first_visit_shows_one_row_and_show_more_is_remembered(silent: Page) -> None:
    page = silent
    page.goto(f"{LESSON}?step=3")
    expect(page.locator(".oneway")).to_be_visible()
    expect(page.locator(".n32 .b-row:visible")).to_have_count(1)
    expect(page.locator(".readout:visible b")).to_have_text("opcode")
    expect(page.locator(".ladder")).to_be_hidden()
    page.locator(".rowpick:visible button").nth(1).click()
    expect(page.locator(".n32 .b-row:visible .b-off")).to_have_text("4")
    page.get_by_role("button", name="Show more").click()
    expect(page.locator(".ladder")).to_be_visible()
    page.reload()
    expect(page.locator(".ladder")).to_be_visible()
    expect(page.locator(".oneway")).to_be_hidden()


def test_the_keyboard_alone_goes_everywhere(unfolded: Page) -> None:
    page = unfolded
    page.goto(f"{LESSON}?step=3")
    count = page.locator(".stagebar .count b")
    expect(count).to_have_text("3")
    page.locator("body").press("ArrowRight")
    expect(count).to_have_text("4")
    page.locator("body").press(",")
    expect(count).to_have_text("3")
    page.locator("body").press("Home")
    expect(count).to_have_text("1")
    page.locator("body").press("End")
    expect(count).to_have_text("13")
    page.locator(".rung .lane").nth(2).focus()
    page.keyboard.press("Enter")
    expect(count).to_have_text("3")
    first = page.locator('.n32 [role=gridcell][tabindex="0"]')
    expect(first).to_have_count(1)
    first.focus()
    page.keyboard.press("Control+Home")
    expect(page.locator(".n32 .bit:focus")).to_have_attribute("aria-label", re.compile(r"bit 0, 1, FIN"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".n32 .bit:focus")).to_have_attribute("aria-label", re.compile(r"bit 33, 0, masking key"))
    page.keyboard.press("Enter")
    expect(page.locator(".close:visible .close-h b")).to_have_text("masking key")
    expect(count).to_have_text("3")


def test_g_goes_to_a_byte_that_is_folded_away(unfolded: Page) -> None:
    page = unfolded
    page.goto(f"{LESSON}?step=9")
    expect(page.locator(".explain .sel").first).to_be_visible()
    expect(page.locator('.hex [data-b="200"]')).to_have_count(0)
    page.locator("body").press("g")
    page.get_by_label("Go to byte, 0 to").fill("9999")
    page.keyboard.press("Enter")
    expect(page.locator("dialog.goto input")).to_have_attribute("aria-invalid", "")
    page.get_by_label("Go to byte, 0 to").fill("0xc8")
    page.keyboard.press("Enter")
    expect(page.locator('.hex .hb.selb[data-b="200"]')).to_be_visible()


def test_letters_can_be_switched_off(unfolded: Page) -> None:
    page = unfolded
    page.goto(LESSON)
    page.locator("body").press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.get_by_label("Keys that print a character work as shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.locator("body").press("g")
    expect(page.locator("dialog.goto")).to_be_hidden()
    page.locator("body").press("ArrowRight")
    expect(page.locator(".stagebar .count b")).to_have_text("2")
    page.locator(".comp-in input").press("End")
    expect(page.locator(".stagebar .count b")).to_have_text("2")


def test_a_broken_rule_is_shown_five_ways(unfolded: Page) -> None:
    page = unfolded
    page.goto(f"{TWIN}?step=3")
    expect(page.locator(".rung.err .errx")).to_be_visible()
    expect(page.locator(".diag .clause")).to_have_text("RFC 6455 §5.1")
    expect(page.locator(".n32 .bit.bad")).to_have_count(1)
    expect(page.locator(".hex .hb.bad")).to_have_count(1)
    expect(page.locator(".versus").first).to_contain_text("Sent")
    expect(page.locator(".fr.bad .fname")).to_have_text("MASK")


def test_a_theme_that_was_chosen_is_there_before_the_first_paint(silent: Page) -> None:
    page = silent
    page.goto("/")
    button = page.get_by_role("button", name="Dark theme")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 15, 19)"


def test_a_phone_keeps_the_bits_above_the_text(silent: Page) -> None:
    page = silent
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{LESSON}?step=3")
    expect(page.locator(".spot .bit")).to_have_count(16)
    page.locator("section.cur .chip", has_text="payload").click()
    expect(page.locator(".spot p b")).to_have_text("payload")
    page.get_by_role("button", name="Talk").click()
    expect(page.locator(".ladder")).to_be_visible()
    page.get_by_role("button", name="Bits").click()
    expect(page.locator(".scope .n16")).to_be_visible()
    expect(page.locator(".scope .n32")).to_be_hidden()


def test_every_byte_of_the_hex_row_stands_in_its_column(unfolded: Page) -> None:
    page = unfolded
    page.goto(f"{LESSON}?step=9")
    rows = page.locator(".h-row").evaluate_all("""rows => rows.map(row =>
        [...row.querySelectorAll('.hb')].map(cell => Math.round(cell.getBoundingClientRect().x * 10))
    )""")
    full = [row for row in rows if len(row) == 16]
    assert len(full) >= 4
    assert all(row == full[0] for row in full)
