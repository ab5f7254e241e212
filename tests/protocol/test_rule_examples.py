"""Table, detectors and examples hold together: every rule that can be seen has one conversation that shows it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from app.protocol.rules import RULES
from app.trace import Trace, read_jsonl
from tests.protocol.rule_examples import FOLDER, RECIPES, Fired, run, text

SEEN = [rule for rule in RULES.values() if rule.observe != "teach"]
FAST = ("frm.rsv", "frm.opcode", "frm.mask.client", "frm.mask.server", "msg.start", "msg.no-interleave", "ctl.len")
FAST += ("ctl.fin", "cls.no-data-after", "cls.once", "pmd.rsv1.first", "pmd.rsv1.control", "res.ext.use")
each = pytest.mark.parametrize("rule", [rule.id for rule in SEEN])


def example(rule: str) -> tuple[dict[str, object], list[Trace]]:
    """The header and the connections of an example."""
    lines = (FOLDER / f"{rule}.jsonl").read_text(encoding="utf-8").splitlines()
    return json.loads(lines[0]), read_jsonl(lines)


def in_bytes(trace: Trace) -> tuple[Trace, list[int]]:
    """The same connection, each byte a record of its own; and to which record each belonged."""
    cut, numbers = Trace(trace.connection), []
    for number, record in enumerate(trace.records):
        pieces = [bytes([byte]) for byte in record.data] if record.kind == "data" else [b""]
        for piece in pieces:
            cut.add(record.at, record.side, piece, record.kind, record.layer)
            numbers.append(number)
    return cut, [*numbers, len(trace.records)]


def test_every_rule_that_can_be_seen_has_one_example_and_no_other_has() -> None:
    wanted = {rule.id for rule in SEEN}
    assert set(RECIPES) == wanted
    assert {path.stem for path in FOLDER.glob("*")} == wanted


def test_a_rule_without_an_example_says_that_nothing_is_to_be_seen() -> None:
    assert all(set(rule.seen) <= {"N", "api"} for rule in RULES.values() if rule.observe == "teach")


@each
def test_the_file_is_what_the_recipe_makes(rule: str) -> None:
    path = FOLDER / f"{rule}.jsonl"
    assert path.read_text(encoding="utf-8") == text(rule), "run python -m tests.protocol.rule_examples --update"


@each
def test_it_fires_what_it_should_and_nothing_else(rule: str) -> None:
    header, traces = example(rule)
    fired = run(traces)
    assert header["rule"] == rule
    assert header["expect"] == [list(each) for each in fired]
    names = {each.rule for each in fired}
    if RULES[rule].observe == "violation":
        assert names == {rule, *RULES[rule].implies}
    else:
        assert not [name for name in names if RULES[name].severity == "error"]


@each
def test_it_fires_the_same_however_tcp_cuts_it(rule: str) -> None:
    """The same bits, shown by the byte that is in the record which shows them when records are whole."""
    _, traces = example(rule)
    cut, numbers = zip(*(in_bytes(trace) for trace in traces), strict=True)
    belongs = {trace.connection: number for trace, number in zip(cut, numbers, strict=True)}
    fired = [
        one._replace(record=None if one.record is None else belongs[one.connection][one.record])
        for one in run(list(cut))
    ]
    assert sorted(fired, key=str) == sorted(run(traces), key=str)


@pytest.mark.parametrize("rule", FAST)
def test_a_bad_header_is_told_with_its_second_byte(rule: str) -> None:
    """Long before the payload, or even the length, is there."""
    _, traces = example(rule)
    cut, _ = in_bytes(traces[0])
    one = next(fired for fired in run([cut]) if fired.rule == rule)
    assert one.record is not None
    sent = len([r for r in cut.records[: one.record + 1] if r.side == one.side and r.kind == "data"])
    assert sent == frame_start(traces[0], one) + 2


def frame_start(trace: Trace, fired: Fired) -> int:
    """The first byte of the record (here: of the frame) in which the bits are."""
    start = 0
    for record in trace.records:
        if record.side == fired.side and record.kind == "data":
            if start * 8 <= fired.start < (start + len(record.data)) * 8:
                return start
            start += len(record.data)
    raise AssertionError("the bits are in no record")


def test_what_is_implied_is_in_the_table_and_can_be_seen() -> None:
    implied: Iterator[str] = (other for rule in RULES.values() for other in rule.implies)
    assert all(RULES[other].observe == "violation" for other in implied)
    assert all(rule.observe == "violation" for rule in RULES.values() if rule.implies)
