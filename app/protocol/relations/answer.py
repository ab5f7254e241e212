"""What a client does before the answer and makes of it (RFC 6455 sections 4.1 and 9.1)."""

from __future__ import annotations

from collections.abc import Iterator

from app.protocol import extensions
from app.protocol.fault import Fault, at_bytes
from app.protocol.frames import DATA, OPCODES, Opcode
from app.protocol.handshake import Response
from app.protocol.opening import offered_extensions
from app.protocol.relations.base import Detector, Finding, Scene, Sight
from app.trace import Side

_BAD_PROTOCOL = ("res.protocol.select", "res.protocol.null")
_BAD_EXTENSION = ("res.ext.subset", "pmd.unoffered")
_BAD_ANSWER = ("res.upgrade", "res.connection", "res.accept.value", "pmd.accept", "pmd.resp.fail-if", "pmd.cmwb.resp")

MUST_FAIL: dict[str, str] = {
    **dict.fromkeys(_BAD_ANSWER, "res.client-validate"),
    **dict.fromkeys(_BAD_EXTENSION, "res.client-ext"),
    **dict.fromkeys(_BAD_PROTOCOL, "res.client-protocol"),
}
"""A fault of a 101 -> the rule that a client breaks when it goes on all the same. Only what section 4.1 and RFC 7692
section 7 tell a client to check."""


def looks_masked(data: bytes) -> bool:
    """Whether two bytes can be the start of a client's frame: no RSV bit, a known opcode, MASK. No text starts so."""
    return len(data) >= 2 and not data[0] & 0x70 and data[0] & 15 in OPCODES and data[1] >= 0x80


class Early(Detector):
    """Bytes of the client between its request and the answer."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._start = 0
        self._seen = b""

    def early(self, data: bytes, start: int) -> Iterator[Finding]:
        if not self._seen:
            self._start = start
            yield Finding("client", at_bytes("req.no-early-data", start, start + 1, "sent before the answer"))
        before, self._seen = len(self._seen), (self._seen + data)[:2]
        if before < 2 and looks_masked(self._seen) and self._seen[0] & 15 in DATA:
            note = "a data frame before the connection is open"
            yield Finding("client", Fault("msg.send.open", self._start * 8 + 4, 4, note))


class GoesOn(Detector):
    """A client that speaks on although the answer obliges it to fail the connection."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._due: dict[str, str] = {}
        self._stray = b""

    def response(self, response: Response, faults: list[Fault], start: int) -> tuple[Finding, ...]:
        if response.status == 101:
            for fault in faults:
                if fault.rule in MUST_FAIL:
                    self._due.setdefault(MUST_FAIL[fault.rule], fault.rule)
        return ()

    def frame(self, frame: Sight) -> Iterator[Finding]:
        if frame.side == "client" and self._due and frame.header.opcode != Opcode.CLOSE:
            for rule, cause in self._due.items():
                yield Finding("client", Fault(rule, frame.start * 8 + 4, 4, f"goes on after an answer with {cause}"))
            self._due = {}

    def stray(self, side: Side, data: bytes, start: int) -> Iterator[Finding]:
        response = self.scene.response
        if side != "client" or response is None or not response.status or len(self._stray) >= 2:
            return
        first = start - len(self._stray)
        self._stray = (self._stray + data)[:2]
        if looks_masked(self._stray):
            note = f"a frame after the answer {response.status}"
            yield Finding("client", at_bytes("res.non101", first, first + 2, note))


class Unaccepted(Detector):
    """An extension that the client offered and uses, although the server has not accepted it."""

    def fault(self, side: Side, fault: Fault) -> Iterator[Finding]:
        request = self.scene.request
        if side != "client" or fault.rule != "frm.rsv" or fault.start % 8 != 1 or self.scene.deflate or request is None:
            return
        if any(offer.name == extensions.NAME for offer in offered_extensions(request)):
            yield Finding(side, fault._replace(rule="res.ext.use", note=f"{extensions.NAME} was not accepted"))
