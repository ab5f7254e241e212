"""What each step of a compressed message puts out, and where a copy takes it from. Lazy: nothing is read ahead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from app.protocol.deflate import TAIL
from app.protocol.inflate_walk import Step, WalkError, walk

_BYTES = tuple(bytes((value,)) for value in range(256))

TOO_FAR = "reaches back further than anything that came out"


class Symbol(NamedTuple):
    """A step of the stream, and the bytes that it puts out. `source` is where a copy begins to copy, as a byte of this
    message; negative in what came before it."""

    step: Step
    out: bytes
    source: int


def symbols(payload: bytes, window: bytes = b"") -> Iterator[Symbol]:
    """The steps through a message whose tail was cut off and is put back here, with `window` before it.

    The last step is the size of an empty stored block, which is the tail, unless the message ends with a final block.
    Raises WalkError where the stream is invalid, where it stops in the middle of a block, and for copies of what never
    was.
    """
    size, out, before, final = len(payload) * 8, bytearray(window), len(window), False
    if not payload:
        return
    for step in walk(payload + TAIL):
        kind = step.kind
        if kind == "literal":
            out.append(step.value)
            yield Symbol(step, _BYTES[step.value], 0)
        elif kind == "copy":
            start = len(out) - step.distance
            if start < 0:
                raise WalkError(step.middle, TOO_FAR)
            piece = bytes(out[start : start + step.value])
            if len(piece) < step.value:  # what it copies is what it has just written
                piece = (piece * (step.value // len(piece) + 1))[: step.value]
            out += piece
            yield Symbol(step, piece, start - before)
        elif kind == "stored":
            piece = (payload + TAIL)[step.start >> 3 : step.end >> 3]
            out += piece
            yield Symbol(step, piece, 0)
        elif kind == "block" and step.start == size and final:
            return  # nothing is to be read of the tail
        else:
            final = step.distance == 1 if kind == "block" else final
            yield Symbol(step, b"", 0)
