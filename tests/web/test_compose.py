"""What the builder makes: exactly what was chosen, right or wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.compose import HEADS, Wanted, build, frame, read_said, wanted


def rules(form: Wanted) -> set[str]:
    event = build(form).event
    assert event
    return {violation.rule for violation in event.violations if violation.severity == "error"}


def test_a_correct_frame_breaks_nothing() -> None:
    assert frame(Wanted()).hex() == "818537fa213d7f9f4d5158"
    assert rules(Wanted()) == set()


@pytest.mark.parametrize(
    ("form", "rule"),
    [
        (Wanted(masked=False), "frm.mask.client"),
        (Wanted(side="server"), "frm.mask.server"),
        (Wanted(rsv=(False, True, False)), "frm.rsv"),
        (Wanted(opcode=3), "frm.opcode"),
        (Wanted(form="16"), "frm.len.minimal"),
        (Wanted(opcode=9, fin=False), "ctl.fin"),
        (Wanted(kind="hex", payload="c328"), "msg.utf8"),
        (Wanted(opcode=0), "msg.start"),
    ],
)
def test_every_wrong_choice_is_named(form: Wanted, rule: str) -> None:
    assert rule in rules(form)


def test_a_length_may_lie() -> None:
    assert build(Wanted(length="9")).event is None
    assert build(Wanted(length="2")).event is not None


def test_a_fragment_is_judged_by_what_was_said_before() -> None:
    first = frame(Wanted(fin=False))
    assert rules(Wanted(opcode=0, said=(("client", first),))) == set()


def test_heads_become_a_handshake() -> None:
    request = build(Wanted(what="request", head=HEADS["request"].decode()))
    assert request.event and request.event.kind == "request"
    assert not [v for v in request.event.violations if v.severity == "error"]
    said = (("client", HEADS["request"]),)
    answer = build(Wanted(side="server", what="response", head=HEADS["response"].decode(), said=said))  # type: ignore[arg-type]
    assert answer.event and answer.event.kind == "response"
    assert not [v for v in answer.event.violations if v.severity == "error"]


@pytest.mark.parametrize(
    "fields",
    [
        {"opcode": "16"},
        {"opcode": "x"},
        {"key": "12"},
        {"key": "zzzzzzzz"},
        {"length": "-1"},
        {"what": "x"},
        {"said": "client:0"},
    ],
)
def test_what_cannot_be_built_is_one_sentence(fields: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        wanted(fields)


def test_hex_must_be_hex() -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        build(Wanted(kind="hex", payload="4"))


@given(
    st.integers(0, 15), st.booleans(), st.booleans(), st.sampled_from(["auto", "7", "16", "64"]), st.text(max_size=40)
)
def test_nothing_raises(opcode: int, fin: bool, masked: bool, form: str, payload: str) -> None:
    built = build(Wanted(opcode=opcode, fin=fin, masked=masked, form=form, payload=payload))
    assert built.data


def test_what_was_said_reads_as_it_was_written() -> None:
    said = read_said("client:8100;server:8900")
    assert Wanted(said=said).written == "client:8100;server:8900"
