"""Connections sorted by how they ended, timelines, and two side by side."""

from __future__ import annotations

from pathlib import Path

from app.exporters.pcapng import write_pcapng
from app.trace import Trace
from app.web import triage
from app.web.reading import How, Reading, look
from tests.exporters.test_pcapng import conversation

CAPTURES = Path(__file__).parent.parent / "examples" / "captures"
SECOND = 1_000_000_000


def cut(after: int) -> Trace:
    """A connection that the client ends without a word, after a silence."""
    whole = conversation()
    trace = Trace("x")
    for record in whole.records[:3]:
        trace.add(record.at, record.side, record.data, record.kind)
    trace.add(3 * SECOND + after * SECOND, "client", kind="fin")
    return trace


def reading() -> Reading:
    return look(b"".join(write_pcapng([conversation(), cut(60), cut(60)])), How(), "")


def test_the_most_abnormal_comes_first_and_repeats_are_a_guess() -> None:
    made = reading()
    worst = made.talks[1]
    panel = triage.triage(made, worst, "", "about")
    assert panel.groups[0].title.startswith("No Close frame")
    assert [row.name for row in panel.groups[0].rows] == [made.talks[1].name, made.talks[2].name]
    assert "60" in panel.silence
    assert panel.verdict.who == "the client" and "60" in panel.verdict.facts[0]
    assert any("idle limit of 60 seconds" in guess for guess in panel.verdict.guesses)


def test_the_good_one_stands_beside_the_bad_one() -> None:
    made = reading()
    panel = triage.triage(made, made.talks[1], made.talks[2].name, "about")
    assert panel.against and panel.against.two == made.talks[2].name
    lines = {line.title: (line.one, line.two) for line in panel.against.lines[1]}
    assert lines["Longest silence"][0] == "60 s"


def test_a_silence_is_a_box_on_the_timeline() -> None:
    made = reading()
    line = triage.timeline(made.talks[1], 63 * SECOND)
    assert [gap.text for gap in line.gaps] == ["60 s silent"]
    assert line.end == "cut"
    assert all(0 <= tick.x <= triage.WIDTH for tick in line.ticks)


def test_bytes_without_times_say_nothing_about_time() -> None:
    talk = look(b"\x89\x00", How(format="raw", side="server"), "").talks[0]
    told = triage.verdict(talk, "about")
    assert told.sentence == "The bytes just stop while the connection is open."
    assert not told.when and not any("0 s" in fact for fact in told.facts)


def test_every_capture_can_be_judged() -> None:
    for path in CAPTURES.glob("*.pcap*"):
        made = look(path.read_bytes(), How(), "")
        for talk in made.talks[:5]:
            assert triage.triage(made, talk, "", "about").groups
