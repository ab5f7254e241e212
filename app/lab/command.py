"""`socketscope compare`: every row measured with Python clients on this machine, as a table, JSON or CSV."""

from __future__ import annotations

import json
import sys
from typing import Any, TextIO

from app.lab import recorded, table
from app.lab.clients import Failed, measure
from app.lab.lab import Lab, missing, versions
from app.lab.plan import ROWS, Plan
from app.lab.run import Early
from app.lab.words import COUNTED, FACTS

FORMATS = ("table", "json", "csv")
ADVICE = {
    "aiortc": "pip install 'socketscope[webrtc]'",
    "h2": "pip install h2",
    "cryptography": "pip install cryptography",
}


def compare(plan: Plan, *, every: bool, form: str, told: TextIO = sys.stderr) -> str:
    """Measure, telling progress; the text to print. Ctrl-C stops at once. Raises OSError when nothing can be opened."""
    lab = Lab()
    try:
        results = _measure(lab, plan, every, told)
    finally:
        lab.close()
    if form == "json":
        return json.dumps({"versions": versions(), "results": results}, indent=1)
    if form == "csv":
        return table.csv_text(results).rstrip("\r\n")
    return "\n".join([_head(plan), "", *table.lines(results), "", *_notes(results)])


def _measure(lab: Lab, plan: Plan, every: bool, told: TextIO) -> list[dict[str, Any]]:
    run = lab.create(plan)
    results = []
    for row in ROWS.values():
        if plan.sender not in row.sides or not (row.main or every):
            continue
        print(f"Measuring {FACTS[row.id].name} ...", file=told, flush=True)
        found = _one(lab, run, row.id, told)
        if found:
            results.append(found)
    return results


def _one(lab: Lab, run: Any, row: str, told: TextIO) -> dict[str, Any] | None:
    lacks = missing().get(row)
    if lacks:
        print(f"  It needs {lacks}: {ADVICE[lacks]}", file=told, flush=True)
        return recorded.result(row, run.plan.size, run.plan.sender)
    try:
        found: dict[str, Any] = measure(lab, run, row)
    except (Failed, Early, OSError, TimeoutError) as error:
        print(f"  It could not be measured: {error}", file=told, flush=True)
        return None
    return found


def _head(plan: Plan) -> str:
    way = "server to client" if plan.sender == "server" else "client to server"
    cookies = ", with a cookie" if plan.cookies else ""
    return f"Bytes for one message of {plan.size} bytes, {way}{cookies}: average of {plan.count}, both directions."


def _notes(results: list[dict[str, Any]]) -> list[str]:
    notes = [f"{COUNTED[how]}" for how in sorted({found["network"] for found in results})]
    if any(found["source"] == "recorded" for found in results):
        about = recorded.load()
        notes.append(f"* recorded on {about['date']} with {about['client']}, not on this machine.")
    return notes
