"""The fuzzing process: `python -m tests.fuzz.run TARGET FOLDER [libFuzzer options]`."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["app"]):
    from tests.fuzz.targets import TARGETS


def main(arguments: list[str]) -> None:
    """Set the fuzzer up and hand over to it; it ends the process."""
    atheris.Setup([sys.argv[0], *arguments[1:]], TARGETS[arguments[0]])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
