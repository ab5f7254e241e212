"""A finding for a ticket."""

from __future__ import annotations

from app.anatomy.ending import judge
from app.exporters.markdown import finding, plain
from app.importers import read
from app.importers.fold import fold


def test_a_finding_names_the_rule_and_the_bytes() -> None:
    ((trace, events),) = fold(read(b"\x81\x05Hello", "raw", "client"))
    text = finding("Connection *0*", ["taken as open"], trace, events, judge(trace, events))
    assert text.startswith("### Connection \\*0\\*")
    assert "frm.mask.client" in text
    assert "- taken as open" in text


def test_nothing_from_the_wire_means_anything() -> None:
    assert plain("`x` | <b>\n\x1b") == "\\`x\\` \\| \\<b\\>\\\\n\\\\x1b"
