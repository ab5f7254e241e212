"""The bits of one unit as an SVG figure: rows of 32, a bracket and a name under every field."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from app.anatomy import Explanation, Field, family, label

ROWS = 12
"""Rows that a figure draws; a longer unit is cut, and the figure says so."""
CELL, HIGH, STEP, LEFT, TOP = 22, 26, 62, 44, 46

# family -> (0-cell, 1-cell, ink)
COLOURS = {
    "flag": ("#f1f3f8", "#adb6c7", "#313d53"),
    "comp": ("#e7f7f7", "#94e2e7", "#015f60"),
    "op": ("#fff0e8", "#f8b58b", "#894101"),
    "mask": ("#f6f1fe", "#d3baf8", "#5e338b"),
    "len": ("#f7f4e5", "#e9dc9b", "#635500"),
    "key": ("#ffeef6", "#e8a2c5", "#7f1a58"),
    "data": ("#eaf5fe", "#bfe4fe", "#025b88"),
    "close": ("#eaf8ee", "#9ad5b0", "#03502c"),
    "http": ("#f1f3fe", "#c8cdfe", "#3d3d83"),
    "tls": ("#f1f3f8", "#adb6c7", "#313d53"),
}


def figure(explanation: Explanation) -> str:
    """One SVG document."""
    space = explanation.wire
    rows = min(-(-len(space.data) // 4), ROWS)
    width, height = LEFT + 32 * CELL + 16, TOP + rows * STEP + 14
    parts = "".join(_rows(space.fields, space.data, rows))
    cut = len(space.data) - rows * 4
    more = _text(LEFT, height - 2, f"and {cut} more bytes", "#454a55", 12, "start") if cut > 0 else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="ui-monospace, Menlo, Consolas, monospace" role="img"><title>{_safe(explanation.title)}</title>'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
        + _text(LEFT, 22, explanation.title, "#15171c", 16, "start", 'font-family="system-ui, sans-serif"')
        + parts
        + more
        + "</svg>\n"
    )


def _safe(text: str) -> str:
    """Text from the wire: escaped, and without what no XML may hold."""
    return escape("".join(char if char.isprintable() else "\ufffd" for char in text))


def _text(x: float, y: float, text: str, ink: str, size: int, anchor: str = "middle", more: str = "") -> str:
    return f'<text x="{x}" y="{y}" fill="{ink}" font-size="{size}" text-anchor="{anchor}" {more}>{_safe(text)}</text>'


def _rows(fields: tuple[Field, ...], data: bytes, rows: int) -> Iterator[str]:
    for row in range(rows):
        y = TOP + row * STEP
        yield _text(LEFT - 10, y + 18, str(row * 4), "#5c626e", 11, "end")
        last = min((row + 1) * 32, len(data) * 8)
        for field in fields:
            start, end = max(field.start, row * 32), min(field.end, last)
            if start < end:
                yield from _field(field, data, row, start, end)


def _field(field: Field, data: bytes, row: int, start: int, end: int) -> Iterator[str]:
    zero, one, ink = COLOURS[family(field.name)]
    y = TOP + row * STEP
    for bit in range(start, end):
        x = LEFT + (bit - row * 32) * CELL
        value = data[bit // 8] >> (7 - bit % 8) & 1
        yield f'<rect x="{x}" y="{y}" width="{CELL - 1}" height="{HIGH}" fill="{one if value else zero}"/>'
        yield _text(x + CELL / 2 - 0.5, y + 18, str(value), ink, 14)
    x, wide = LEFT + (start - row * 32) * CELL, (end - start) * CELL
    yield f'<rect x="{x}" y="{y + HIGH + 3}" width="{wide - 1}" height="3" fill="{ink}"/>'
    name = label(field.name) if start == field.start else f"… {label(field.name)}"
    if wide >= len(name) * 7 or start == field.start:
        yield _text(x + wide / 2, y + HIGH + 18, name, ink, 11 if wide > 2 * CELL else 8)
