"""The real program on a free port, for the suite's client."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def serve() -> Iterator[str]:
    """Start `socketscope serve` on a free port; its echo address. Stopped at the end."""
    call = [sys.executable, "-m", "app", "serve", "--port", "0"]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield _address(process)
        finally:
            process.terminate()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://(127\.0\.0\.1:\d+)", line):
            return f"ws://{found[1]}/ws/echo"
    raise RuntimeError("the server did not say where it listens")
