"""An intermediary seen from both sides: the frames that reach it against those it passes on (RFC 6455 section 5.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.protocol import extensions
from app.protocol.answering import accepted_extensions
from app.protocol.crowd import Remark
from app.protocol.events import Event
from app.protocol.fault import Fault
from app.protocol.frames import DATA, Header, is_control
from app.protocol.handshake import Response
from app.trace import SIDES, Side


class _Passed(NamedTuple):
    event: Event
    header: Header

    @property
    def shape(self) -> tuple[int, int, int]:
        """What fragmenting again would change."""
        return self.header.opcode, self.header.fin, self.header.length


def compare(front: Iterable[Event], back: Iterable[Event], *, connection: str = "") -> list[Remark]:
    """What an intermediary did that it must not; `front` is its connection to the client, `back` the one to the server.

    The remarks are about what it sent: to the server on the connection `back`, to the client on `front`.
    """
    legs = list(front), list(back)
    known = _only_known_extensions(legs[0])
    remarks: list[Remark] = []
    for side in SIDES:
        came, left = (legs[0], legs[1]) if side == "client" else (legs[1], legs[0])
        for fault, event in _changed(_frames(came, side), _frames(left, side), known):
            remarks.append(Remark(connection, event.at, side, fault))
    return remarks


def _only_known_extensions(front: list[Event]) -> bool:
    """Whether the handshake was seen, and agreed on nothing that an intermediary may not know."""
    answer = next((event.detail for event in front if event.kind == "response"), None)
    return isinstance(answer, Response) and {each.name for each in accepted_extensions(answer)} <= {extensions.NAME}


def _frames(events: list[Event], side: Side) -> list[_Passed]:
    return [_Passed(event, event.detail) for event in events if event.side == side and isinstance(event.detail, Header)]


def _changed(came: list[_Passed], left: list[_Passed], known: bool) -> Iterator[tuple[Fault, Event]]:
    for sent in left:
        if is_control(sent.header.opcode) and not sent.header.fin:
            yield _fault("msg.intermediary.control", sent, "a control frame that is only a part")
            break
    data = [[each for each in leg if each.header.opcode in DATA] for leg in (came, left)]
    other = next((b for a, b in zip(*data, strict=False) if a.shape != b.shape), None)
    if other is None:
        return
    if any(each.header.rsv2 or each.header.rsv3 for leg in data for each in leg):
        yield _fault("msg.intermediary.rsv", other, "fragmented anew, although reserved bits are in use")
    if not known:
        yield _fault("msg.intermediary.ext", other, "fragmented anew, although extensions may be unknown")


def _fault(rule: str, sent: _Passed, note: str) -> tuple[Fault, Event]:
    return Fault(rule, sent.event.start, sent.event.end - sent.event.start, note), sent.event
