"""Every page through axe, in both themes."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import LESSON, TWIN

OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = ["/", f"{LESSON}?step=2", f"{LESSON}?step=3", f"{TWIN}?step=3", "/live/axe", "/reference/api", "/nowhere"]


STATES = [(path, more) for path in PAGES for more in ("0", "1") if more == "1" or path.startswith("/learn")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("path", "more"), STATES)
def test_axe_finds_nothing(page: Page, path: str, scheme: str, more: str) -> None:
    page.add_init_script(f"localStorage.setItem('ss-more', '{more}')")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto(path)
    page.wait_for_load_state("networkidle")
    results = Axe().run(page, options=OPTIONS)
    found = [(v["id"], [node["target"] for node in v["nodes"]][:3]) for v in results.response["violations"]]
    assert not found
