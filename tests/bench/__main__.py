"""`python -m tests.bench [NAME ...]`: run the benches, all or the named ones."""

from __future__ import annotations

import sys

from tests.bench import deflate, echo, fanout, parsing

BENCHES = {"parsing": parsing.run, "deflate": deflate.run, "echo": echo.run, "fanout": fanout.run}


def main(names: list[str]) -> int:
    """Run what was asked for; 2 for a name that is none."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"No bench is called {unknown[0]}. There are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    for name in names or BENCHES:
        BENCHES[name]()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
