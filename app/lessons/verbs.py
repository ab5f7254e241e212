"""The verbs of a script, the same for both sides: what they take, and the bytes that come of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from app.lessons.model import Action
from app.protocol.frames import Opcode, apply_mask, close_payload, write_header

DATA = ("text", "hex", "times")
LOOKS = ("mask", "fin", "cut")


class Verb(NamedTuple):
    """A verb: the option that `- verb: value` fills, every option, the sides that have it, whether it needs `main`."""

    main: str
    options: tuple[str, ...]
    sides: tuple[str, ...] = ("client", "server")
    needs: bool = True


VERBS: dict[str, Verb] = {
    "send": Verb("text", (*DATA, *LOOKS)),
    "binary": Verb("hex", (*DATA, *LOOKS)),
    "more": Verb("text", (*DATA, *LOOKS)),
    "ping": Verb("text", (*DATA, *LOOKS)),
    "pong": Verb("text", (*DATA, *LOOKS)),
    "close": Verb("code", ("code", "reason", "hex", *LOOKS), needs=False),
    "frame": Verb("opcode", ("opcode", *DATA, *LOOKS, "rsv1", "rsv2", "rsv3", "form", "length")),
    "raw": Verb("hex", ("hex", "times", "cut")),
    "wait": Verb("messages", ("messages",)),
    "idle": Verb("seconds", ("seconds",)),
    "end": Verb("how", ("how",)),
    "together": Verb("", (), ("client",), needs=False),
    "echo": Verb("", (), ("server",), needs=False),
}
OPCODES = {
    "send": Opcode.TEXT,
    "binary": Opcode.BINARY,
    "more": Opcode.CONT,
    "ping": Opcode.PING,
    "pong": Opcode.PONG,
    "close": Opcode.CLOSE,
}
LONGEST = 200_000
"""Bytes that one action may send."""


def is_hex(text: object) -> bool:
    """Whether text is pairs of hexadecimal digits."""
    try:
        return isinstance(text, str) and bool(bytes.fromhex(text))
    except ValueError:
        return False


def _whole(value: object, least: int = 0) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _flag(value: object) -> bool:
    return isinstance(value, bool)


_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "text": (lambda value: isinstance(value, str), "text (quote it)"),
    "reason": (lambda value: isinstance(value, str), "text (quote it)"),
    "hex": (is_hex, "pairs of hexadecimal digits, in quotes"),
    "times": (lambda value: _whole(value, 1) and value <= LONGEST, f"a whole number from 1 to {LONGEST}"),
    "mask": (lambda value: _flag(value) or (is_hex(value) and len(bytes.fromhex(value)) == 4), "false or four bytes"),
    "fin": (_flag, "true or false"),
    "rsv1": (_flag, "true or false"),
    "rsv2": (_flag, "true or false"),
    "rsv3": (_flag, "true or false"),
    "cut": (lambda value: isinstance(value, list) and all(_whole(each, 1) for each in value), "a list like [3, 7]"),
    "code": (lambda value: _whole(value) and value < 65536, "a whole number below 65536"),
    "opcode": (lambda value: _whole(value) and value < 16, "a whole number below 16"),
    "form": (lambda value: value in (16, 64), "16 or 64"),
    "length": (lambda value: _whole(value) and value < 1 << 64, "a whole number"),
    "messages": (lambda value: _whole(value, 1), "a whole number"),
    "seconds": (lambda value: isinstance(value, int | float) and 0 < value <= 60, "a number up to 60"),
    "how": (lambda value: value in ("fin", "rst"), "fin or rst"),
}


def problems(name: str, options: dict[str, Any], side: str) -> list[str]:
    """What is wrong with the options of a verb, each as a sentence."""
    verb = VERBS[name]
    if side not in verb.sides:
        return [f"the {side} has no verb `{name}`"]
    found = []
    for key, value in options.items():
        if key not in verb.options:
            found.append(f"`{name}` has no option `{key}`; it has {', '.join(verb.options) or 'none'}")
        elif not _KINDS[key][0](value):
            found.append(f"`{key}` of `{name}` must be {_KINDS[key][1]}; it is {value!r}")
    if verb.needs and verb.main not in options and not (name in OPCODES and "hex" in options):
        found.append(f"`{name}` needs `{verb.main}`")
    return found


def payload(action: Action) -> bytes:
    """What an action carries."""
    options = action.options
    if action.verb == "close" and "hex" not in options:
        return close_payload(options.get("code"), options.get("reason", ""))
    data = bytes.fromhex(options["hex"]) if "hex" in options else _encoded(str(options.get("text", "")))
    times: int = options.get("times", 1)
    return data * min(times, LONGEST // max(len(data), 1) or 1)


def _encoded(text: str) -> bytes:
    """Text as a page sends it: half a surrogate pair is no character, so U+FFFD goes in its place."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def plain(action: Action) -> bool:
    """Whether an action is a frame as both halves of the engine would write it themselves."""
    return action.verb in OPCODES and action.options.get("mask", True) is True


def odd_frame(action: Action, fresh: Callable[[], bytes] | None) -> bytes:
    """A frame with everything that its options say; `fresh` gives a masking key, None where no mask is usual."""
    options, data = action.options, payload(action)
    mask = options.get("mask", fresh is not None)
    key = bytes.fromhex(mask) if isinstance(mask, str) else fresh() if mask and fresh else None
    opcode = options["opcode"] if action.verb == "frame" else OPCODES[action.verb]
    head = bytearray(
        write_header(
            opcode,
            options.get("length", len(data)),
            fin=options.get("fin", True),
            rsv1=options.get("rsv1", False),
            key=key,
            form=options.get("form"),
        )
    )
    head[0] |= options.get("rsv2", False) << 5 | options.get("rsv3", False) << 4
    return bytes(head) + (apply_mask(data, key) if key else data)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Bytes as separate writes, cut before the places given."""
    edges = [0, *sorted(place for place in places if place < len(data)), len(data)]
    return [data[a:b] for a, b in zip(edges, edges[1:], strict=False) if b > a]
