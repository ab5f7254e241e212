"""`python -m tests.fuzz TARGET [libFuzzer options]`: fuzz one target, and keep what found new ways in its corpus.

A corpus is one file of hexadecimal lines, tests/fuzz/corpus/TARGET.hex, shortest input first.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"


def read(name: str) -> list[bytes]:
    """The inputs kept for a target."""
    path = CORPUS / f"{name}.hex"
    return [bytes.fromhex(line) for line in path.read_text().splitlines()] if path.exists() else []


def write(name: str, inputs: set[bytes]) -> None:
    """Keep these inputs for a target."""
    lines = [data.hex() + "\n" for data in sorted(inputs, key=lambda data: (len(data), data))]
    (CORPUS / f"{name}.hex").write_text("".join(lines))


def main(arguments: list[str]) -> int:
    """Run the fuzzer in a process of its own, which it ends as it likes; its exit code."""
    name, options = arguments[0], arguments[1:]
    with tempfile.TemporaryDirectory() as folder:
        for number, data in enumerate(read(name)):
            Path(folder, str(number)).write_bytes(data)
        done = subprocess.run([sys.executable, "-m", "tests.fuzz.run", name, folder, *options], check=False)
        write(name, {path.read_bytes() for path in Path(folder).iterdir()})
    return done.returncode


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Name a target: one of those in tests/fuzz/targets.py.")
    sys.exit(main(sys.argv[1:]))
