"""Files become lessons: recordings, and what is wrong with settings that name connections."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import lessons
from app.lessons import LessonError
from app.trace import Trace, write_jsonl
from tests.lessons.samples import STEP, lesson

HEAD = "---\nid: 7\nslug: small\ntitle: S\ngoal: g.\nminutes: 1\nsources: [rfc:6455]\n"


def recording(folder: Path, step: str = "at: server.text[0]\nfield: payload") -> Path:
    trace = Trace("far", fidelity="frames")
    trace.add(0, "server", bytes.fromhex("810548656c6c6f"))
    (folder / "traces").mkdir(exist_ok=True)
    (folder / "traces" / "07-far.jsonl").write_text("\n".join(write_jsonl([trace])))
    path = folder / "07-small.md"
    path.write_text(
        f"{HEAD}trace: {{file: traces/07-far.jsonl, why: it was far away}}\n---\n\n## A\n{step}\n\nIt says {{text}}.\n"
    )
    return path


def test_a_recording_takes_the_place_of_a_script(tmp_path: Path) -> None:
    path = recording(tmp_path)
    assert lessons.check(path) == []
    found = lessons.load(path)
    assert found.recording and found.recording.why == "it was far away"
    assert not found.browser_can_run and not found.played_by_us
    example = lessons.play(found)
    binding = lessons.bind(found, example)
    assert binding.values["server.text[0].text"] == "Hello"


def test_a_recording_must_be_there_and_be_one(tmp_path: Path) -> None:
    path = recording(tmp_path)
    (tmp_path / "traces" / "07-far.jsonl").write_text("nonsense")
    assert "is no trace" in lessons.check(path)[0]
    (tmp_path / "traces" / "07-far.jsonl").unlink()
    assert "cannot be read" in lessons.check(path)[0]
    path.write_text(path.read_text().replace("traces/07", "../07"))
    assert "is no trace file" in lessons.check(path)[0]


@pytest.mark.parametrize(
    ("settings", "line", "says"),
    [
        ("", 1, "say what the server does"),
        ("app: plain\nconnections: [{name: a}]", 8, "belongs to one of the `connections`"),
        ("connections:\n  - name: a\n  - name: a", 10, "a `name` of its own"),
        ("connections:\n  - {name: a, colour: red}", 9, "unknown key `colour`"),
        ("connections:\n  - name: a\n    client: 5", 10, "is a list"),
        ("app: plain\nrequest: {path: /x}", 9, "unknown key `path`"),
        ("app: plain\nrequest: {target: /x}", 9, "a target begins with"),
        ("app: plain\nrequest: {early: zz}", 9, "hexadecimal"),
        ("app: plain\nrequest: {headers: 5}", 9, "lines of `Name: value`"),
        ("app: plain\nresponse: {status: 7}", 9, "above 100"),
        ("app: plain\nclient:\n  - echo", 10, "the client has no verb"),
        ("app: plain\nclient:\n  - send: {text: a, cut: 3}", 10, "a list like"),
        ("app: plain\nclient:\n  - together: 5", 10, "a list of verbs"),
        ("app: plain\ndemo: [{steps: [1]}]", 9, "a demo is written"),
        ("app: plain\nneeds: [Big One]", 9, "no slug"),
    ],
)
def test_a_mistake_in_the_settings_is_named_with_its_line(settings: str, line: int, says: str) -> None:
    with pytest.raises(LessonError) as caught:
        lesson(settings or "numbers: {}", STEP.format(at="req", field="req.method"))
    assert any(p.line == line and says in p.text for p in caught.value.problems) or not settings, caught.value
