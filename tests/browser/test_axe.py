"""Every page through axe, in both themes."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import LESSON, TWIN

OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = ["/", f"{LESSON}?step=2", f"{LESSON}?step=3", f"{TWIN}?step=3", "/live/axe", "/reference/api", "/nowhere"]


STATES = [(path, more) for path in PAGES for more in ("0", "1") if more == "1" or path.startswith("/learn")]


def _found(page: Page) -> list[tuple[str, list[object]]]:
    results = Axe().run(page, options=OPTIONS)
    return [(v["id"], [node["target"] for node in v["nodes"]][:3]) for v in results.response["violations"]]


@pytest.mark.parametrize("path", [f"{LESSON}?step=3", f"{LESSON}?step=2&present=1", f"{TWIN}?step=3&present=1"])
def test_axe_finds_nothing_in_forced_colours(page: Page, path: str) -> None:
    page.add_init_script("localStorage.setItem('ss-more', '1'); localStorage.setItem('ss-states', '1')")
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert not _found(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("path", "more"), STATES)
def test_axe_finds_nothing(page: Page, path: str, scheme: str, more: str) -> None:
    page.add_init_script(f"localStorage.setItem('ss-more', '{more}')")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert not _found(page)
