"""Results as text: a table for the terminal, and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from app.lab.tally import LAYERS
from app.lab.words import FACTS
from app.trace import SIDES

HEADS = (
    "payload",
    "framing",
    "headers",
    "(D)TLS",
    "network",
    "total",
    "low-high",
    "set-up",
    "delay ms",
    "who may start",
)


def each(found: dict[str, Any], layer: str) -> float:
    """Bytes of a layer for each message, both directions."""
    total = sum(found["messages"][side][layer] for side in SIDES)
    return float(total / max(found["count"], 1))


def lines(results: Iterable[dict[str, Any]]) -> list[str]:
    """The table: bytes for each message, both directions together."""
    rows = [_cells(found) for found in results]
    widths = [max(len(row[at]) for row in [("", *HEADS), *rows]) for at in range(len(HEADS) + 1)]
    return [_line(row, widths) for row in [("", *HEADS), *rows]]


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    first = row[0].ljust(widths[0])
    middle = [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True)]
    return "  ".join([first, *middle, row[-1]]).rstrip()


def _cells(found: dict[str, Any]) -> tuple[str, ...]:
    parts = [each(found, layer) for layer in LAYERS]
    spread, delay = found["each"], found["delay"]
    setup = sum(size for side in found["setup"].values() for size in side.values())
    return (
        FACTS[found["row"]].name + (" *" if found["source"] == "recorded" else ""),
        *(f"{part:.0f}" for part in parts),
        f"{sum(parts):.0f}",
        f"{spread['low']:.0f}-{spread['high']:.0f}" if spread else "-",
        f"{setup}",
        f"{delay['median']:.2f}" if delay else "-",
        FACTS[found["row"]].start,
    )


COLUMNS = ("row", "source", "client", "size", "count", "sender", "cookies", "delivered", "network")


def csv_text(results: Iterable[dict[str, Any]]) -> str:
    """One line a row: totals of set-up and of all messages by side and layer, then spread and delay."""
    out = io.StringIO()
    layers = [(phase, side, layer) for phase in ("setup", "messages") for side in SIDES for layer in LAYERS]
    spreads = [(name, part) for name in ("each", "delay") for part in ("median", "low", "high")]
    writer = csv.writer(out)
    heads = [*COLUMNS, *("_".join(path) for path in layers)]
    writer.writerow([*heads, *(f"{'bytes' if name == 'each' else 'delay_ms'}_{part}" for name, part in spreads)])
    for found in results:
        sizes = [found[phase][side][layer] for phase, side, layer in layers]
        figures = [(found[name] or {}).get(part, "") for name, part in spreads]
        writer.writerow([*(found[name] for name in COLUMNS), *sizes, *figures])
    return out.getvalue()
