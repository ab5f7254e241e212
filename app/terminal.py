"""Lines for a person at a terminal: coloured there, plain in a file or a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable

# The first words of a line -> its style. The words say the same: colour is never the only sign.
STYLES = {
    "#": "bold",
    "   ! error": "bold red",
    "   ! warning": "yellow",
    "   ! note": "cyan",
}


def style_of(line: str) -> str | None:
    """The style of a line, by how it begins."""
    return next((style for start, style in STYLES.items() if line.startswith(start)), None)


def show(lines: Iterable[str]) -> None:
    """Print lines that are already escaped."""
    if not sys.stdout.isatty():
        for line in lines:
            print(line)
        return
    from rich.console import Console  # slow to load, so only where colour is seen

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    for line in lines:
        console.print(line, style=style_of(line))
