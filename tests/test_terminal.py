"""Lines for a person: coloured only where a person sees them."""

import sys

import pytest

from app.terminal import show, style_of


def test_what_is_wrong_stands_out() -> None:
    assert [style_of(line) for line in ("#0 client", "   ! error: x", "   ! note: x", "   000000  81")] == [
        "bold",
        "bold red",
        "cyan",
        None,
    ]


def test_a_pipe_gets_the_lines_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    show(["#0 [bold]x[/bold] :smile:", "   ! error: y"])
    assert capsys.readouterr().out == "#0 [bold]x[/bold] :smile:\n   ! error: y\n"


def test_a_terminal_gets_colour_and_the_same_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    show(["#0 [bold]x[/bold] :smile:"])
    out = capsys.readouterr().out
    assert "[bold]x[/bold] :smile:" in out
    assert out.startswith("\x1b[1m")
