"""Putting frames together in a real browser: choices, notes, a real session, diagnosis."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_axe import OPTIONS

pytestmark = pytest.mark.browser


def test_a_choice_changes_bits_and_names_the_rule(silent: Page) -> None:
    silent.goto("/build")
    silent.get_by_role("checkbox", name="RSV2").check()
    expect(silent.locator(".fnote.bad")).to_contain_text("RSV2 is 1")
    expect(silent.get_by_role("checkbox", name="RSV2")).to_be_focused()
    silent.get_by_label("payload", exact=True).fill("Bye")
    expect(silent.locator(".scope-h h2")).to_have_text("The client sends the text “Bye”")
    expect(silent.get_by_label("payload", exact=True)).to_be_focused()


def test_what_was_built_can_be_diagnosed(silent: Page) -> None:
    silent.goto("/build")
    silent.get_by_role("button", name="Add to the conversation").click()
    expect(silent.locator(".said-l li")).to_have_count(1)
    silent.locator("#b-op").select_option("9")
    expect(silent.locator(".scope-h h2")).to_have_text("The client asks: are you still there?")
    silent.get_by_role("button", name="Diagnose and export").click()
    expect(silent.locator(".units button")).to_have_count(3)


def test_it_is_sent_over_a_real_connection(silent: Page) -> None:
    silent.goto("/build")
    silent.get_by_role("radio", name="0 in clear").check()
    expect(silent.locator(".diag h3").first).to_contain_text("MASK is 0")
    silent.get_by_role("button", name="Send to a session").click()
    silent.get_by_role("link", name="Watch what happened").click()
    expect(silent.locator(".talk")).to_contain_text("1002")


def test_it_works_without_scripts(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/build")
    page.locator("#b-op").select_option("9")
    page.get_by_role("button", name="Draw").click()
    expect(page.locator(".scope-h h2")).to_have_text("The client asks: are you still there?")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto("/build")
    page.get_by_role("checkbox", name="RSV2").check()
    expect(page.locator(".fnote.bad")).to_be_visible()
    results = Axe().run(page, options=OPTIONS)
    assert not [(v["id"], [node["target"] for node in v["nodes"]][:3]) for v in results.response["violations"]]


def test_nothing_scrolls_sideways_on_a_very_small_screen(silent: Page) -> None:
    silent.set_viewport_size({"width": 320, "height": 640})
    silent.goto("/build")
    assert silent.evaluate("document.scrollingElement.scrollWidth") <= 320
