"""A conversation as text: everything once, and a verdict."""

from app.exporters.text import annotate, severities, verdict
from app.importers import read
from app.importers.fold import fold
from app.protocol.conversation import Conversation
from app.protocol.events import Event
from app.trace import Trace


def folded(hexadecimal: str) -> tuple[Trace, list[Event]]:
    [(trace, events)] = fold(read(hexadecimal.encode(), side="server"))
    return trace, events


def headings(hexadecimal: str) -> list[str]:
    return [line.split()[3] for line in annotate(*folded(hexadecimal)) if line.startswith("#")]


def test_a_message_is_told_only_where_it_says_more_than_its_frame() -> None:
    assert headings("810548656c6c6f") == ["TEXT", "STOP"]
    assert headings("010348656c 80026c6f") == ["TEXT", "CONT", "TEXT", "STOP"]
    assert headings("c107f248cdc9c90700") == ["TEXT", "TEXT", "STOP"]


def test_a_violation_is_told_once_inside_its_frame() -> None:
    lines = list(annotate(*folded("8a00 a100")))
    assert sum("frm.rsv" in line for line in lines) == 1
    assert headings("8a00 a100") == ["PONG", "TEXT", "STOP"]


def test_a_violation_that_belongs_to_no_event_is_told_by_itself() -> None:
    """TCP ends inside a frame, so there is no frame to carry the violation."""
    trace = Trace("cut")
    trace.add(0, "server", bytes.fromhex("8105c3"))
    trace.add(0, "server", kind="fin")
    conversation = Conversation(assume_open=True)
    events = [event for record in trace.records for event in conversation.feed(record)]
    assert [line.split()[3] for line in annotate(trace, events) if line.startswith("#")] == ["frm.truncated", "FIN"]


def test_the_verdict_counts_every_violation_once() -> None:
    assert verdict(severities(folded("8100")[1])) == "No rule is broken."
    assert verdict(severities(folded("8801 03")[1])) == "1 error."
    assert verdict(severities(folded("8802 03e7")[1])) == "1 warning."
    assert verdict(severities(folded("9100 9100")[1])) == "2 errors."
