"""Figures from a real run elsewhere, for what this machine has not measured or cannot: always labelled as such."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("recorded.json")


@cache
def load() -> dict[str, Any]:
    """`{date, client, versions, race, results, workloads}`; made by `python -m tests.lab.record`."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def result(row: str, size: int, sender: str) -> dict[str, Any] | None:
    """The recorded figures of a row for messages of that size from that side."""
    for found in load()["results"]:
        if (found["row"], found["size"], found["sender"]) == (row, size, sender):
            return {**found, "source": "recorded"}
    return None
