"""`python -m tests.fuzz TARGET [libFuzzer options]`: fuzz one target and keep its corpus in tests/fuzz/corpus/."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["app"]):
    from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"


def main(arguments: list[str]) -> None:
    """Set the fuzzer up and hand over to it; it ends the process."""
    if not arguments or arguments[0] not in TARGETS:
        sys.exit(f"Name a target: {', '.join(TARGETS)}.")
    corpus = CORPUS / arguments[0]
    corpus.mkdir(parents=True, exist_ok=True)
    atheris.Setup([sys.argv[0], str(corpus), *arguments[1:]], TARGETS[arguments[0]])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
