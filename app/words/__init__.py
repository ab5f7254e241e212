"""Every word on the pages that is no lesson and no explanation, by key: one module for each family of pages.

The entries under `js.` go to the browser.
"""

from __future__ import annotations

from app.words import api, build, every, explanation, home, inspect, lens, live, reference, script, seen, workbench

_FAMILIES = (every, lens, home, workbench, explanation, live, inspect, build, api, reference, script, seen)
WORDS: dict[str, str] = {key: text for family in _FAMILIES for key, text in family.WORDS.items()}


def t(key: str, **values: object) -> str:
    """The text for a key, with `{name}` filled in. An unknown key raises KeyError: words are not optional."""
    text = WORDS[key]
    return text.format(**values) if values else text


def for_browser() -> dict[str, str]:
    """What scripts say."""
    return {key: text for key, text in WORDS.items() if key.startswith("js.")}
