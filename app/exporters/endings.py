"""The connections of a source by how abnormally they ended, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from app.anatomy.ending import Ending, by_abnormality, repeated_silence, seconds, sentence
from app.anatomy.text import escape


class Line(NamedTuple):
    """A connection: how it is called, its peers and what it carries; no ending when it is not explained."""

    connection: str
    about: str
    ending: Ending | None


def tell(lines: Sequence[Line]) -> Iterator[str]:
    """The most abnormal ending first, then what is not explained."""
    known = {line.connection: line for line in lines}
    endings = by_abnormality(line.ending for line in lines if line.ending)
    for ending in endings:
        yield f"# {escape(known[ending.connection].about)}"
        yield from _ending(ending)
        yield ""
    if guess := repeated_silence(endings):
        yield guess
        yield ""
    yield from (f"# {escape(line.about)}" for line in lines if not line.ending)


def _ending(ending: Ending) -> Iterator[str]:
    yield f"   {escape(sentence(ending))}"
    if ending.last and ending.silence is not None:
        yield f"   Last before that: {escape(ending.last)}, {seconds(ending.silence)} earlier."
    if ending.error:
        yield f"   ! error: {escape(ending.error)}"
    for fact in (*ending.facts, *ending.guesses):
        yield f"   {escape(fact)}"


def objects(lines: Iterable[Line]) -> Iterator[dict[str, Any]]:
    """One object for each connection that is explained, the most abnormal ending first."""
    for ending in by_abnormality(line.ending for line in lines if line.ending):
        yield {
            "kind": "ending",
            "connection": ending.connection,
            "how": ending.how,
            "who": ending.who,
            "at": ending.at,
            "code": ending.code,
            "reason": ending.reason,
            "last": ending.last,
            "silence": ending.silence,
            "error": ending.error,
            "facts": list(ending.facts),
            "guesses": list(ending.guesses),
        }
