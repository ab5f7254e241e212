"""Figures are XML, whatever the wire says."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from app.anatomy import explain
from app.exporters.svg import figure
from app.importers import read
from app.importers.fold import fold

HOSTILE = b"\x81\x07<\x00]]>&\x1b"
LONG = b"\x82\x7e\x01\x00" + bytes(256)


@pytest.mark.parametrize("data", [b"\x81\x05Hello", HOSTILE, LONG, b"\x88\x02\x03\xe8"])
def test_a_figure_is_well_formed(data: bytes) -> None:
    source = read(data, "raw", "server")
    ((trace, events),) = fold(source)
    frame = next(event for event in events if event.kind == "frame")
    root = ElementTree.fromstring(figure(explain(frame, trace)))
    assert root.tag.endswith("svg")
    assert "opcode" in "".join(root.itertext())
