"""What all tests share: where the browser is, and steady settings for generated cases."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

SYSTEM_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A test browser that stays quiet and calls nobody.
QUIET = ("--disable-background-networking", "--no-first-run", "--disable-component-update", "--disable-sync")

# Deadlines measure the machine, not the code.
# A build machine runs the same examples every time; everywhere else each run looks for new ones.
settings.register_profile("steady", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("steady")


@pytest.fixture(scope="session", autouse=True)
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What the app makes on first use is made in a folder of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("state")
        patch.setenv("XDG_STATE_HOME", str(folder))
        yield folder / "socketscope"


def system_browser() -> str | None:
    """The path of a Chromium: the caller's choice, else the system's."""
    return os.environ.get("SOCKETSCOPE_CHROMIUM") or next(filter(None, map(shutil.which, SYSTEM_BROWSERS)), None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update` writes what golden files should hold, to be reviewed in the diff."""
    parser.addoption("--update", action="store_true", help="rewrite the golden files in tests/examples")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in tests/browser needs a browser; nobody has to remember to say so."""
    folder = Path(__file__).parent / "browser"
    for item in items:
        if folder in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], playwright: Any) -> dict[str, Any]:
    """How pytest-playwright starts Chromium; skips, with the reason in the summary, where there is none."""
    path = system_browser() or playwright.chromium.executable_path
    if not Path(path).exists():
        pytest.skip(f"no Chromium at {path}: install one or set SOCKETSCOPE_CHROMIUM")
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": path, "args": [*QUIET, *sandbox]}
