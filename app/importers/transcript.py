"""Transcripts: what two ends said in turn, as tools print it. They become traces like any other bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from app.importers.carried import client_of
from app.importers.midstream import frames_in
from app.importers.sides import has_rsv1, is_head, is_tls
from app.importers.source import COMPRESSED, NO_ANSWER, NO_HANDSHAKE, NO_LIMIT, Known, Source, Unreadable, What
from app.protocol.handshake import find_end
from app.trace import SIDES, Side, Trace, other

FIRST_IS_CLIENT = "nothing shows who the client is; who speaks first is taken as the client."
BY_MASK = "the side whose frames are masked is taken as the client."


class Turn(NamedTuple):
    """One end said something: `who` is 0 or 1 within its `connection`. With `lost` more bytes followed that the
    transcript does not show. `at` in nanoseconds, 0 where no time is given."""

    connection: str
    who: int
    data: bytes
    at: int = 0
    lost: bool = False


def from_turns(
    turns: list[Turn],
    layout: str,
    side: Side | None,
    *,
    ignored_lines: tuple[int, ...] = (),
    assumptions: tuple[str, ...] = (),
    peers: dict[str, tuple[str, str]] | None = None,
) -> Source:
    """A source from turns. Raises Unreadable when nobody said anything."""
    names = list(dict.fromkeys(turn.connection for turn in turns if turn.data))
    if not names:
        raise Unreadable("There are no bytes in this transcript.")
    begin = min(turn.at for turn in turns)
    notes = list(assumptions)
    traces, known = [], {}
    for name in names:
        mine = [turn for turn in turns if turn.connection == name]
        trace, about, more = _trace(name, mine, begin, side, (peers or {}).get(name, ("", "")))
        traces.append(trace)
        known[name] = about
        notes += [f"Connection {name}: {note}" if len(names) > 1 else note[:1].upper() + note[1:] for note in more]
    if side:
        notes.append(f"What the {other(side)} sent was left out, as asked.")
    size = sum(trace.size(owner) + trace.size(owner, "tls") for trace in traces for owner in SIDES)
    return Source(layout, size, traces, "wire", ignored_lines, tuple(notes), known)


def _trace(
    name: str, turns: list[Turn], begin: int, side: Side | None, peers: tuple[str, str]
) -> tuple[Trace, Known, list[str]]:
    streams = [_beginning(turn for turn in turns if turn.who == who) for who in (0, 1)]
    client, notes = _client(turns, streams)
    asked, answered = streams[client], streams[1 - client]
    opened = not any(is_head(stream[:8192]) or is_tls(stream) for stream in streams)
    unanswered = not opened and not answered and find_end(asked) is not None
    compressed = (opened and (has_rsv1(asked) or has_rsv1(answered))) or (
        unanswered and has_rsv1(asked[find_end(asked) or 0 :])
    )
    guesses = zip((NO_HANDSHAKE, NO_ANSWER, COMPRESSED), (opened, unanswered, compressed), strict=True)
    notes += [note for note, made in guesses if made]
    what: What = "encrypted" if is_tls(asked) or is_tls(answered) else "websocket"
    trace = Trace(name, limit=NO_LIMIT)
    for turn in turns:
        owner: Side = "client" if turn.who == client else "server"
        if side in (None, owner):
            layer: Literal["wire", "tls"] = "tls" if what == "encrypted" else "wire"
            trace.add(turn.at - begin, owner, turn.data, layer=layer)
            if turn.lost:
                trace.add(turn.at - begin, owner, kind="gap", layer=layer)
    ends = peers if client == 0 else (peers[1], peers[0])
    return trace, Known(what, *ends, opened, unanswered, compressed=compressed), notes


def _beginning(turns: Iterable[Turn]) -> bytes:
    """The bytes of one end, up to where some are lost."""
    parts = []
    for turn in turns:
        parts.append(turn.data)
        if turn.lost:
            break
    return b"".join(parts)


def _client(turns: list[Turn], streams: list[bytes]) -> tuple[int, list[str]]:
    """Which end is the client, and what had to be guessed for it."""
    client = client_of(streams)
    if client is not None:
        return client, []
    for who, stream in enumerate(streams):
        if stream and (masked := frames_in(stream, True)) != (plain := frames_in(stream, False)):
            return (who if masked > plain else 1 - who), [BY_MASK]
    return turns[0].who, [FIRST_IS_CLIENT]
