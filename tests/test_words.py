"""The catalogue of words."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import app.words
from app.words import WORDS, for_browser, t

SCRIPTS = Path(__file__).parents[1] / "static" / "js"


def test_a_sentence_is_filled_in() -> None:
    assert t("x.bytes", size=11) == "11 bytes"


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        t("no.such.key")


def test_the_browser_gets_its_own_part_only() -> None:
    assert for_browser() and all(key.startswith("js.") for key in for_browser())


def test_every_sentence_that_a_script_says_exists() -> None:
    said = {key for file in SCRIPTS.glob("*.js") for key in re.findall(r'\bt\("(js\.[a-z0-9.-]+)"', file.read_text())}
    assert said and said <= WORDS.keys()


def test_no_sentence_shouts() -> None:
    assert not [text for text in WORDS.values() if "!" in text]


def test_no_key_has_two_homes() -> None:
    modules = [import_module(f"app.words.{info.name}") for info in iter_modules(app.words.__path__)]
    assert sum(len(module.WORDS) for module in modules) == len(WORDS)
