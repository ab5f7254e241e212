"""The tints of the field families: far enough apart for every eye, in both themes, and text on them can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.exporters.svg import COLOURS
from tests.web.colour import DEFICIENCIES, contrast, distance, lab, seen

CSS = Path(__file__).parents[2] / "static" / "css"
FAMILIES = ("flag", "comp", "op", "mask", "len", "key", "data", "close", "http")
# Families that can lie beside each other on the wire.
NEIGHBOURS = (
    ("flag", "op"),
    ("flag", "comp"),
    ("comp", "op"),
    ("op", "mask"),
    ("mask", "len"),
    ("len", "key"),
    ("key", "data"),
    ("len", "data"),
    ("key", "close"),
    ("len", "close"),
    ("close", "data"),
    ("http", "flag"),
    ("http", "op"),
    ("data", "flag"),
    ("data", "op"),
    ("close", "op"),
)
ENOUGH = 7.0
READABLE = 4.5


def _tokens(name: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})\b", (CSS / name).read_text()))


LIGHT = _tokens("tokens.css")
THEMES = {"light": LIGHT, "dark": LIGHT | _tokens("dark.css")}
theme = pytest.mark.parametrize("tokens", THEMES.values(), ids=THEMES)


def test_the_distance_is_that_of_the_paper() -> None:
    """Sharma, Wu, Dalal 2005, table 1: pairs 1, 11, 17 and 25."""
    pairs = (
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    )
    for one, other, expected in pairs:
        assert distance(one, other) == pytest.approx(expected, abs=1e-4)


@theme
@pytest.mark.parametrize("eye", DEFICIENCIES)
@pytest.mark.parametrize(("one", "other"), NEIGHBOURS)
def test_neighbours_on_the_wire_differ(tokens: dict[str, str], eye: str, one: str, other: str) -> None:
    tints = [lab(seen(tokens[f"{family}-one"], eye)) for family in (one, other)]
    assert distance(*tints) >= ENOUGH


@theme
@pytest.mark.parametrize("family", FAMILIES)
def test_one_is_told_from_zero(tokens: dict[str, str], family: str) -> None:
    for eye in DEFICIENCIES:
        tints = [lab(seen(tokens[f"{family}-{tint}"], eye)) for tint in ("zero", "one")]
        assert distance(*tints) >= ENOUGH


@theme
@pytest.mark.parametrize("family", FAMILIES)
def test_text_of_a_family_can_be_read(tokens: dict[str, str], family: str) -> None:
    on = {"ink": ("surface", "canvas", f"{family}-zero"), "txt": (f"{family}-one",), "on": (f"{family}-solid",)}
    for text, grounds in on.items():
        for ground in grounds:
            assert contrast(tokens[f"{family}-{text}"], tokens[ground]) >= READABLE, (text, ground)


@theme
def test_text_of_the_page_can_be_read(tokens: dict[str, str]) -> None:
    for text in ("ink", "ink2", "ink3", "err"):
        for ground in ("surface", "canvas", "sunk", "cur") if text != "err" else ("surface", "errbg"):
            assert contrast(tokens[text], tokens[ground]) >= READABLE, (text, ground)
    assert contrast(tokens["canvas"], tokens["ink"]) >= READABLE


def test_figures_are_drawn_in_the_light_palette() -> None:
    for family in FAMILIES:
        assert COLOURS[family] == tuple(LIGHT[f"{family}-{tint}"] for tint in ("zero", "one", "ink"))
