"""Programs that send the same bytes again."""

from __future__ import annotations

import ast
import shutil
import subprocess

import pytest

from app.exporters.code import LONGEST, javascript, python, websocat
from app.importers import read
from app.importers.fold import fold
from app.trace import Trace
from tests.exporters.test_pcapng import conversation


def frames(data: bytes) -> Trace:
    trace = Trace("0", limit=2**30)
    trace.add(0, "client", data)
    return trace


def test_python_is_python_and_holds_the_bytes() -> None:
    hostile = b'\x81\x07""")\n#'
    program = python(frames(hostile))
    ast.parse(program)
    assert hostile.hex() in program
    assert "opening handshake" in program
    assert "opening handshake" not in python(conversation())


def test_what_is_too_long_is_cut_and_says_so() -> None:
    assert f"the first {LONGEST} of" in python(frames(bytes(LONGEST + 1)))


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
def test_javascript_is_javascript() -> None:
    program = javascript(frames(b"`${1}\\"))
    subprocess.run(["node", "--check", "-"], input=program, text=True, check=True, timeout=30)


def test_shell_words_hold_no_byte_that_means_something() -> None:
    source = read(b"\x81\x85\x00\x00\x00\x00'$(`\n", "raw")
    ((_, events),) = fold(source)
    lines = websocat(events).splitlines()
    assert lines[1] == r"printf '\047\044\050\140\012' | websocat -n1 ws://127.0.0.1:5000/ws/echo"
