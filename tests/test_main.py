"""The `socketscope` command: answers, exit codes, and one clear line when something is wrong."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.__main__ import main
from app.protocol.rules import RULES
from app.trace import Trace, write_jsonl

ROOT = Path(__file__).parent.parent
HELLO = "81859c4b07e2d42e6b8ef3"  # a masked text frame; the key of RFC 6455 5.7 would be warned of


class Answer:
    """What one call printed, and its exit code."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *argv: str) -> None:
        try:
            self.code = main(argv)
        except SystemExit as stop:  # argparse stops by itself
            self.code = int(str(stop.code))
        self.out, self.err = capsys.readouterr()

    def refuses(self, says: str) -> bool:
        """One line on stderr, nothing on stdout, exit code 2."""
        return self.code == 2 and self.out == "" and self.err.count("\n") == 1 and says in self.err


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> io.BytesIO:
    data = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
    return data


def given(stdin: io.BytesIO, data: bytes) -> None:
    stdin.write(data)
    stdin.seek(0)


def test_a_file_is_explained(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "hello.hex"
    path.write_text(HELLO)
    answer = Answer(capsys, "explain", str(path))
    assert answer.code == 0
    assert "“Hello”" in answer.out and "Read 11 bytes (hex)." in answer.out
    assert answer.out.endswith("No rule is broken.\n")
    assert "masking key" not in answer.out
    assert "masking key" in Answer(capsys, "explain", str(path), "--fields").out


def test_json_lines_begin_with_the_source(capsys: pytest.CaptureFixture[str], stdin: io.BytesIO) -> None:
    given(stdin, b"# a ping\n8900\n")
    answer = Answer(capsys, "explain", "--json", "--side", "server")
    source, *events = map(json.loads, answer.out.splitlines())
    assert list(source) == ["kind", "format", "bytes", "fidelity", "ignored_lines", "assumptions", "connections"]
    assert (source["kind"], source["bytes"], source["ignored_lines"]) == ("source", 2, [1])
    assert [(event["kind"], event["side"]) for event in events] == [("frame", "server"), ("end", "server")]


def test_an_error_in_the_bytes_is_exit_code_one(capsys: pytest.CaptureFixture[str], stdin: io.BytesIO) -> None:
    given(stdin, b"\x81\x05Hello")
    answer = Answer(capsys, "explain", "--side", "client")
    assert answer.code == 1
    assert "frm.mask.client" in answer.out and answer.out.endswith("1 error.\n")


def test_a_saved_trace_is_explained_connection_by_connection(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    traces = [Trace("one"), Trace("two")]
    for trace in traces:
        trace.add(0, "client", b"GET / HTTP/1.1\r\n\r\n")
    path = tmp_path / "trace.jsonl"
    path.write_text("".join(write_jsonl(traces)))
    out = Answer(capsys, "explain", str(path)).out
    assert "Connection one" in out and "Connection two" in out


@pytest.mark.parametrize(
    ("data", "argv", "says"),
    [
        (b"", [], "empty"),
        (b"hello there", [], "--from raw"),
        (b"81 0", ["--from", "hex"], "Line 1"),
        (b"8100", ["--from", "trace"], "line 1"),
        (b"", ["/no/such/file"], "Cannot read /no/such/file"),
        (b"", ["."], "directory"),
    ],
)
def test_unreadable_input_is_one_line_and_exit_code_two(
    capsys: pytest.CaptureFixture[str], stdin: io.BytesIO, data: bytes, argv: list[str], says: str
) -> None:
    given(stdin, data)
    assert Answer(capsys, "explain", *argv).refuses(says)


def test_names_from_outside_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b" not in Answer(capsys, "explain", "\x1b[2J").err


def test_hostile_payloads_are_escaped(capsys: pytest.CaptureFixture[str], stdin: io.BytesIO) -> None:
    given(stdin, b"\x81\x0a\x1b]0;x\x07\xe2\x80\xaea")
    out = Answer(capsys, "explain", "--fields").out
    assert "x1b" in out and "u202e" in out
    assert not {"\x1b", "\x07", "\u202e"} & set(out)


def test_rules(capsys: pytest.CaptureFixture[str]) -> None:
    rules = json.loads(Answer(capsys, "rules", "--json").out)
    assert [rule["id"] for rule in rules] == list(RULES)
    assert {"section", "level", "severity", "observe", "close_code"} <= rules[0].keys()
    assert len(Answer(capsys, "rules").out.splitlines()) == len(RULES)


def test_the_lessons_of_the_app_are_sound(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(capsys, "lessons", "check")
    assert (answer.code, answer.out) == (0, "Nothing to mend.\n")


def test_a_faulty_lesson_outside_the_app_is_found(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "lesson.md"
    path.write_text("# no settings\n")
    answer = Answer(capsys, "lessons", "check", str(path))
    assert answer.code == 1
    assert answer.out.startswith(f"{path}:")


@pytest.mark.parametrize("port", ["-1", "65536", "http", ""])
def test_a_port_is_a_port(capsys: pytest.CaptureFixture[str], port: str) -> None:
    answer = Answer(capsys, "serve", f"--port={port}")
    assert answer.code == 2 and "a port is a number" in answer.err


def test_a_reader_who_goes_away_is_no_error(tmp_path: Path) -> None:
    """`socketscope rules | head -1`: no traceback, and the exit code that shells give."""
    command = subprocess.Popen(
        [sys.executable, "-m", "app", "rules", "--json"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert command.stdout and command.stderr
    command.stdout.close()
    assert command.stderr.read() == b""
    command.stderr.close()
    assert command.wait() == 141


def test_a_key_log_opens_a_capture_and_without_one_it_is_said_how_to_get_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    capture = ROOT / "tests" / "examples" / "captures" / "s4-chromium-wss-tls13.pcapng"
    sealed = Answer(capsys, "explain", str(capture))
    assert "RECORD 23" in sealed.out and "SSLKEYLOGFILE" in sealed.out and "“Hello”" not in sealed.out
    opened = Answer(capsys, "explain", str(capture), "--keylog", str(capture.with_suffix(".keylog")))
    assert "“Hello”" in opened.out and "SSLKEYLOGFILE" not in opened.out
    assert Answer(capsys, "explain", str(capture), "--keylog", "/no/such/file").refuses("Cannot read /no/such/file")


CAPTURES = ROOT / "tests" / "examples" / "captures"


def test_a_capture_is_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(CAPTURES / "s2-pyws-aiohttp-close-codes.pcap")
    answer = Answer(capsys, "explain", path, "--summary")
    assert answer.code == 0
    assert answer.out.startswith("Read 5347 bytes in 12 connections (pcap).\n\n# Connection 11 127.0.0.1:46048 to ")
    assert "The client ended TCP without a Close frame, at 0.011236 s." in answer.out
    source, *endings = map(json.loads, Answer(capsys, "explain", path, "--summary", "--json").out.splitlines())
    assert len(source["connections"]) == len(endings) == 12
    assert (endings[0]["connection"], endings[0]["how"], endings[0]["who"]) == ("11", "fin", "client")


def test_one_connection_and_one_moment_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(CAPTURES / "s2-pyws-aiohttp-close-codes.pcap")
    source, *events = map(json.loads, Answer(capsys, "explain", path, "--json", "--connection", "3").out.splitlines())
    assert [each["connection"] for each in source["connections"]] == ["3"]
    assert {event["connection"] for event in events} == {"3"}
    assert Answer(capsys, "explain", path, "--connection", "99").refuses("There is no connection 99")
    path = str(CAPTURES / "s1-chromium-nodews-plain.pcap")
    _, *events = map(json.loads, Answer(capsys, "explain", path, "--json", "--around", "0.5").out.splitlines())
    assert all(event["at"] < 1_500_000_000 for event in events)
    assert Answer(capsys, "explain", path, "--around", "noon").code == 2


@pytest.mark.parametrize("name", ["playwright.har", "websocket-plain.mitm"])
def test_messages_without_a_wire_are_shown_as_such(capsys: pytest.CaptureFixture[str], name: str) -> None:
    answer = Answer(capsys, "explain", str(CAPTURES / name), "--json", "--fields")
    source, *events = map(json.loads, answer.out.splitlines())
    assert source["fidelity"] == "payload" and {event["kind"] for event in events} == {"message"}
    assert "None are made up here" in Answer(capsys, "explain", str(CAPTURES / name)).out
