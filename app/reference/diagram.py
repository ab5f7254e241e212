"""The state diagram, laid out from the table of transitions: columns by distance from the start, arrows bundled."""

from __future__ import annotations

from typing import NamedTuple

from app.protocol.events import State
from app.protocol.states import TRANSITIONS

START: State = "CONNECTING"
BOX, GAP, HEIGHT, TOP, LINE = 128, 150, 48, 36, 15
"""Sizes of the drawing in its own units: a state, the room between two, lines of a label."""


class Box(NamedTuple):
    """One state."""

    state: State
    x: int
    y: int


class Arrow(NamedTuple):
    """Every way from one state to another, drawn as one line. `skips` is how many states lie between."""

    source: State
    target: State
    labels: tuple[str, ...]
    path: str
    x: int
    y: int


class Diagram(NamedTuple):
    """Boxes and arrows, and the size of the whole."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    width: int
    height: int


def columns() -> dict[State, int]:
    """The states in the order in which a connection can reach them: the longest way counts."""
    place: dict[State, int] = {START: 0}
    for _ in TRANSITIONS:
        for (state, _what), target in TRANSITIONS.items():
            if state in place and target != state:
                place[target] = max(place.get(target, 0), place[state] + 1)
    return place


def diagram() -> Diagram:
    """The drawing."""
    place = columns()
    bundles: dict[tuple[State, State], list[str]] = {}
    for (state, what), target in TRANSITIONS.items():
        bundles.setdefault((state, target), []).append(what)
    boxes = tuple(Box(state, n * (BOX + GAP), TOP) for state, n in sorted(place.items(), key=lambda each: each[1]))
    arrows = tuple(_arrow(place, source, target, labels) for (source, target), labels in bundles.items())
    width = max(box.x for box in boxes) + BOX
    lowest = max(arrow.y + LINE * len(arrow.labels) for arrow in arrows)
    return Diagram(boxes, arrows, width, lowest + LINE)


def _arrow(place: dict[State, int], source: State, target: State, labels: list[str]) -> Arrow:
    start, end = place[source] * (BOX + GAP), place[target] * (BOX + GAP)
    skips = place[target] - place[source] - 1
    if not skips:
        middle = TOP + HEIGHT // 2
        above = middle - 8 - LINE * (len(labels) - 1)
        return Arrow(source, target, tuple(labels), f"M{start + BOX} {middle}H{end - 8}", start + BOX + GAP // 2, above)
    depth = TOP + HEIGHT + 60 * skips
    bottom = TOP + HEIGHT
    from_x, to_x = start + BOX // 2, end + BOX // 2 - 12 + 24 * (skips - 1)
    path = f"M{from_x} {bottom}V{depth - 10}Q{from_x} {depth} {from_x + 10} {depth}H{to_x - 10}"
    path += f"Q{to_x} {depth} {to_x} {depth - 10}V{bottom + 8}"
    return Arrow(source, target, tuple(labels), path, (from_x + to_x) // 2, depth + LINE)
