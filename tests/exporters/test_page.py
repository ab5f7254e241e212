"""One HTML file: it loads nothing, and payloads are text."""

from __future__ import annotations

from app.exporters.page import MOST, write_page
from app.importers import read
from app.importers.fold import fold


def page(data: bytes) -> str:
    ((trace, events),) = fold(read(data, "raw", "server"))
    return "".join(write_page("A <b>title</b>", ["a note"], trace, events))


def test_payloads_are_text() -> None:
    html = page(b"\x81\x19<script>alert(1)</script>")
    assert "<script" not in html and "&lt;script&gt;" in html
    assert "<b>title" not in html
    assert "default-src &#x27;none&#x27;" in html or "default-src 'none'" in html


def test_it_stops_somewhere() -> None:
    assert f"Only the first {MOST} units" in page(b"\x89\x00" * (MOST + 5))
