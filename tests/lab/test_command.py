import io
import json
import subprocess
import sys

import pytest

from app.lab import command
from app.lab.plan import Plan


def test_the_main_rows_are_measured_and_printed() -> None:
    told = io.StringIO()
    text = command.compare(Plan(32, 2, "client"), every=False, form="table", told=told)
    assert [line.split("  ")[0] for line in text.splitlines()[3:5]] == ["HTTP POST", "WebSocket"]
    assert "Measuring WebSocket ..." in told.getvalue()


def test_a_missing_package_is_named_and_recorded_figures_are_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "missing", lambda: dict.fromkeys(("post", "ws", "rtc"), "aiortc"))
    told = io.StringIO()
    text = command.compare(Plan(32, 2, "client"), every=False, form="table", told=told)
    assert "pip install 'socketscope[webrtc]'" in told.getvalue()
    assert "WebRTC *" in text and "* recorded on" in text


def test_json_is_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "missing", lambda: dict.fromkeys(("post", "ws", "rtc"), "aiortc"))
    found = json.loads(command.compare(Plan(32, 2, "client"), every=False, form="json", told=io.StringIO()))
    assert [one["source"] for one in found["results"]] == ["recorded"] * 3 and found["versions"]["python"]


def test_the_command_refuses_what_it_cannot_measure() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "compare", "--size", "0"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and done.stderr == "socketscope: --size must be 1 to 65536 bytes.\n"
