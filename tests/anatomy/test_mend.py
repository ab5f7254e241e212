"""The nearest legal frame keeps the rule that the sent one broke."""

from __future__ import annotations

import pytest

from app.anatomy.mend import mend
from app.anatomy.peers import REACTIONS, VERSIONS
from app.protocol.events import Violation
from app.protocol.frames import read_header
from app.protocol.rules import RULES
from app.web.reading import How, Talk, look

CASES = [
    ("frm.mask.client", "client", "81 05 48 65 6c 6c 6f"),
    ("frm.mask.server", "server", "81 85 37 fa 21 3d 7f 9f 4d 51 58"),
    ("frm.rsv", "client", "a1 85 37 fa 21 3d 7f 9f 4d 51 58"),
    ("frm.opcode", "server", "83 02 41 42"),
    ("frm.len.minimal", "server", "81 7e 00 02 41 42"),
    ("ctl.len", "server", "89 7e 00 7e" + "00" * 126),
    ("ctl.fin", "server", "09 00"),
    ("msg.utf8", "server", "81 02 c3 28"),
    ("cls.code.unused", "server", "88 02 00 07"),
    ("cls.code.local-only", "server", "88 02 03 ed"),
    ("cls.body.code", "server", "88 01 03"),
    ("cls.body.reason", "server", "88 04 03 e8 c3 28"),
    ("msg.start", "server", "80 02 41 42"),
]


def talk(data: bytes, side: str) -> Talk:
    return look(data, How(format="raw", side=side), "").talks[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(("rule", "side", "digits"), CASES)
def test_a_mended_frame_keeps_the_rule(rule: str, side: str, digits: str) -> None:
    data = bytes.fromhex(digits)
    broken = [e.detail for e in talk(data, side).events if isinstance(e.detail, Violation)]
    violation = next(each for each in broken if each.rule == rule)
    header = read_header(data)
    assert header
    mended = mend(violation, header, data)
    assert mended and mended.text
    after = [e.detail.rule for e in talk(mended.data, side).events if isinstance(e.detail, Violation)]
    assert rule not in after
    assert not {"frm.truncated", "frm.parse"} & set(after)


def test_what_only_the_sender_can_know_is_not_guessed() -> None:
    data = bytes.fromhex("81 02 41 42")
    header = read_header(data)
    violation = Violation("cls.start", "warning", "7", "", "", None, 0, 8, 0)
    assert header and mend(violation, header, data) is None


def test_the_measured_table_names_rules_and_programs_that_exist() -> None:
    assert set(REACTIONS) <= set(RULES)
    assert all(set(each.lenient) <= set(VERSIONS) for each in REACTIONS.values())
