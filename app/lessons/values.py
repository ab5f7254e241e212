"""How what a selector yields is printed and compared."""

from __future__ import annotations

from collections.abc import Callable

Raw = str | int | bytes
"""What a selector yields before it is printed; bytes are printed as hexadecimal digits."""


class Unresolved(LookupError):
    """The trace does not hold what a selector names; the message says what is missing."""


WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()


def _plain(raw: Raw) -> str:
    return raw.hex() if isinstance(raw, bytes) else str(raw)


def _number(raw: Raw) -> int:
    if isinstance(raw, bytes):
        return int.from_bytes(raw, "big")
    try:
        return int(raw)
    except ValueError:
        raise Unresolved(f"`{raw}` is not a number") from None


def _word(raw: Raw) -> str:
    number = _number(raw)
    return WORDS[number] if 0 <= number < len(WORDS) else str(number)


def _hex(raw: Raw) -> str:
    return f"{raw:02x}" if isinstance(raw, int) else _plain(raw)


def _char(raw: Raw) -> str:
    if not isinstance(raw, bytes):
        raise Unresolved("`char` prints a byte; write .byte[0]:char")
    return raw.decode("utf-8", "replace")


def _bits(raw: Raw) -> str:
    if not isinstance(raw, bytes):
        raise Unresolved("`bits` prints a byte; write .byte[0]:bits")
    return "".join(f"{byte:08b}" for byte in raw)


FORMATS: dict[str, Callable[[Raw], str]] = {
    "": _plain,
    "word": _word,
    "Word": lambda raw: _word(raw).capitalize(),
    "hex": _hex,
    "char": _char,
    "bits": _bits,
}
"""How a value is printed: `{size:word}`; the same names as `selector.FORMATS`."""


def compare(left: str, op: str, right: str) -> bool:
    if op in ("==", "!="):
        return (left == right) == (op == "==")
    try:
        a, b = int(left), int(right)
    except ValueError:
        return False
    return {">": a > b, "<": a < b, ">=": a >= b, "<=": a <= b}[op]
