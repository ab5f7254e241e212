"""A conversation for every rule that can be seen: what breaks it, or what keeping to it looks like.

One recipe a rule, in the modules `recipes_*`. `python -m tests.protocol.rule_examples --update` writes them anew into
tests/examples/rules; a test fails where the files and the recipes differ.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from app.protocol import crowd, legs
from app.protocol.conversation import Conversation
from app.protocol.events import Event, Violation
from app.protocol.frames import Header
from app.trace import Record, Trace, write_jsonl
from tests.protocol import recipes_deflate, recipes_frames, recipes_heads
from tests.protocol.rule_steps import Steps, traces

FOLDER = Path(__file__).parent.parent / "examples" / "rules"
RECIPES: dict[str, Steps] = {**recipes_heads.RECIPES, **recipes_frames.RECIPES, **recipes_deflate.RECIPES}


class Fired(NamedTuple):
    """A rule that fired: on which connection and side, the bits, the record that showed it (None: several connections
    together did), and the bits in words."""

    connection: str
    rule: str
    side: str
    start: int
    bits: int
    record: int | None
    marked: str


def run(example: list[Trace]) -> list[Fired]:
    """Everything that fires in an example, each connection by itself and then all of them together."""
    fired: list[Fired] = []
    folded: dict[str, list[Event]] = {}
    for trace in example:
        told = list(steps(trace.records))
        folded[trace.connection] = events = [event for new in told for event in new]
        for number, new in enumerate(told):
            fired += [_fired(trace, events, event, number) for event in new if event.kind == "violation"]
    remarks = crowd.compare(crowd.Visit(name, events) for name, events in folded.items())
    if set(folded) == {"front", "back"}:
        remarks += legs.compare(folded["front"], folded["back"], connection="back")
        remarks = [remark for remark in remarks if remark.fault.rule != "req.key.random"]  # the same client, twice
    by_name = {trace.connection: trace for trace in example}
    for name, _, side, fault in remarks:
        words = mark(by_name[name], folded[name], side, "wire", fault.start, fault.bits)
        fired.append(Fired(name, fault.rule, side, fault.start, fault.bits, None, words))
    return fired


def steps(records: list[Record]) -> Iterator[list[Event]]:
    """The events of each record; what the end of the trace adds comes last."""
    conversation = Conversation()
    for record in records:
        yield conversation.feed(record)
    yield conversation.close()


def _fired(trace: Trace, events: list[Event], event: Event, number: int) -> Fired:
    violation = event.detail
    assert isinstance(violation, Violation)
    words = mark(trace, events, event.side, event.space, violation.start, violation.bits)
    return Fired(trace.connection, violation.rule, event.side, violation.start, violation.bits, number, words)


_PARTS = {(0, 1): "FIN", (1, 1): "RSV1", (2, 1): "RSV2", (3, 1): "RSV3", (4, 4): "opcode", (8, 1): "MASK"}
_PARTS |= {(9, 7): "length", (16, 16): "16-bit length", (16, 64): "64-bit length", (16, 1): "first bit of the length"}


def mark(trace: Trace, events: list[Event], side: str, space: str, start: int, size: int) -> str:
    """Bits in words: the text of a head, the part of a frame."""
    if size == 0:
        return "here something is missing"
    first, last = start // 8, (start + size) // 8
    data = trace.bytes("client" if side == "client" else "server", first, last, "tls" if space == "tls" else "wire")
    mine = [event for event in events if event.side == side and event.kind in ("request", "response", "frame")]
    frames = [event for event in mine if event.kind == "frame"]
    number = next((n for n, event in enumerate(frames) if event.start <= start < event.end), len(frames))
    begun = frames[number].start if number < len(frames) else mine[-1].end if mine else 0
    if not mine or start < max((event.end for event in mine if event.kind != "frame"), default=0) or space == "tls":
        return data.decode("ascii", "backslashreplace")
    header = frames[number].detail if number < len(frames) else None
    if isinstance(header, Header) and start - begun >= header.size * 8:
        return f"frame {number}: payload {data.hex(' ') if size <= 64 else f'of {size // 8} bytes'}"
    part = _PARTS.get((start - begun, size), f"bytes {data.hex(' ')}" if size <= 64 else f"{size // 8} bytes")
    if isinstance(header, Header) and (start, start + size) == (begun, frames[number].end):
        part = "all"
    elif isinstance(header, Header) and header.key and (start - begun, size) == (header.size * 8 - 32, 32):
        part = "key"
    return f"frame {number}: {part}"


def text(rule: str) -> str:
    """The example of a rule, as it stands in its file."""
    example = traces(RECIPES[rule])
    header, *lines = write_jsonl(example)
    fields = json.loads(header)
    fields["rule"] = rule
    fields["expect"] = [list(fired) for fired in run(example)]
    return "".join([json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n", *lines])


def update() -> None:
    """Write every example, and remove those that have no recipe."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in FOLDER.glob("*.jsonl"):
        if path.stem not in RECIPES:
            path.unlink()
    for rule in RECIPES:
        (FOLDER / f"{rule}.jsonl").write_text(text(rule), encoding="utf-8")


if __name__ == "__main__" and "--update" in sys.argv[1:]:
    update()
