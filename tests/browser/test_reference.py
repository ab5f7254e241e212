"""The reference in a real browser: a rule run against our endpoint, one against the browser itself."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_axe import OPTIONS

PAGES = [
    "/reference?q=mask",
    "/reference/rules?group=Closing",
    "/reference/rules/frm.mask.client",
    "/reference/rules/res.accept.value",
    "/reference/states",
]


def test_a_rule_is_run_against_our_endpoint(silent: Page) -> None:
    silent.goto("/reference/rules/frm.mask.client")
    way = silent.locator("[data-way=endpoint]")
    way.get_by_role("button").click()
    expect(way.locator(".res")).to_contain_text("Our server sent Close 1002.")
    expect(silent.locator(".peer small").first).to_have_text("Your run")
    expect(silent.locator("ss-scope .diag h3")).to_have_text("MASK is 0")
    expect(silent.locator(".rung.err .lane")).to_have_attribute("aria-current", "step")


def test_a_rule_is_run_against_the_browser(page: Page) -> None:
    page.goto("/reference/rules/frm.mask.server")
    way = page.locator("[data-way=browser]")
    way.get_by_role("button").click()
    expect(way.locator(".saw")).to_contain_text("open → error → close 1006, not clean")
    expect(way.locator(".res")).to_contain_text("Your browser sent Close 1002.")
    expect(page.locator("ss-scope .explain h2")).to_contain_text("and masks it")
    way.get_by_role("link").click()
    expect(page.locator("ss-ladder .rung.err")).to_have_count(1)


def test_the_example_is_stepped_through_with_the_keyboard(silent: Page) -> None:
    silent.goto("/reference/rules/frm.rsv")
    silent.locator(".rung .lane").first.focus()
    silent.keyboard.press("Enter")
    expect(silent.locator("ss-scope h2")).to_contain_text("asks to leave HTTP behind")


def test_everything_can_be_read_without_scripts(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/reference")
    page.get_by_role("searchbox").fill("close code 1006")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="cls.code.local-only").click()
    page.locator(".rung .lane").nth(2).click()
    expect(page.locator(".scope-h h2")).to_be_visible()
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        results = Axe().run(page, options=OPTIONS)
        assert not [(v["id"], [node["target"] for node in v["nodes"]][:3]) for v in results.response["violations"]]
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
