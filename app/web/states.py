"""The state diagram of a peer, laid out from the transitions table. Pure."""

from __future__ import annotations

from typing import NamedTuple, get_args

from app.protocol.events import State
from app.protocol.states import TRANSITIONS

STATES: tuple[State, ...] = get_args(State)
STEP, WIDTH, HEIGHT, TOP = 76, 62, 20, 26
"""Distance of two states, their size, and the room above them for long arcs, in units of the drawing."""


class Node(NamedTuple):
    """A state and where it stands."""

    state: State
    x: int

    @property
    def middle(self) -> int:
        return self.x + WIDTH // 2


class Edge(NamedTuple):
    """A transition: the states it joins, what takes it, and its path."""

    before: State
    after: State
    triggers: tuple[str, ...]
    d: str
    long: bool


class Diagram(NamedTuple):
    """Everything of one peer; both peers have the same."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    width: int
    height: int
    top: int
    box: tuple[int, int]


def diagram() -> Diagram:
    """The table as a drawing: neighbours are joined by straight arrows, the others by arcs above."""
    nodes = tuple(Node(state, place * STEP) for place, state in enumerate(STATES))
    places = {node.state: node for node in nodes}
    triggers: dict[tuple[State, State], list[str]] = {}
    for (before, what), after in TRANSITIONS.items():
        triggers.setdefault((before, after), []).append(what)
    edges = tuple(
        Edge(before, after, tuple(what), _path(places[before], places[after]), _far(before, after))
        for (before, after), what in triggers.items()
    )
    return Diagram(nodes, edges, (len(STATES) - 1) * STEP + WIDTH, TOP + HEIGHT + 4, TOP, (WIDTH, HEIGHT))


def _far(before: State, after: State) -> bool:
    return STATES.index(after) - STATES.index(before) > 1


def _path(before: Node, after: Node) -> str:
    """An arrow between neighbours; an arc from the top of one to the top of the other, higher the farther it goes."""
    if not _far(before.state, after.state):
        y = TOP + HEIGHT // 2
        return f"M{before.x + WIDTH} {y}H{after.x - 3}"
    height = TOP - 11 * (STATES.index(after.state) - STATES.index(before.state) - 1)
    left, right = before.middle + 8, after.middle - 4 * STATES.index(before.state)
    return f"M{left} {TOP}C{left + 12} {height - 10} {right - 12} {height - 10} {right} {TOP - 3}"
