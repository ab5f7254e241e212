"""What a task gives to its reader: drawn anew for each seed, and always the same for one. Pure.

`given: key = key` makes `given.key`, and with it `given.key.accept` and whatever else follows from it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha1, sha256

from app.lessons.model import Lesson, Task
from app.protocol.frames import apply_mask
from app.protocol.handshake import GUID, accept_key

_WORDS = ("Hello", "byte", "frame", "mask", "ping", "socket", "wire", "echo", "bits", "tide", "lamp", "moss")

_CHARACTERS = ("aehkmstz", "äéñöüßç", "€→☂☕♞", "😀🎈🐙🌍🚲")
"""Characters that take one byte in UTF-8, two, three and four."""


def _bits(data: bytes) -> str:
    return "".join(f"{byte:08b}" for byte in data)


def _number(data: bytes) -> dict[str, str]:
    """A number whose first bit is 1 and whose last is 0, so that it never reads the same from both ends."""
    *first, last = data
    data = bytes((first[0] | 0x80, *first[1:], last & 0x7E) if first else (last & 0xFE | 0x80,))
    bits = _bits(data)
    return {
        "": data.hex(),
        "number": str(int.from_bytes(data, "big")),
        "bits": bits,
        "hex": data.hex(),
        "reversed": str(int(bits[::-1], 2)),
        "swapped": str(int.from_bytes(data, "little")),
    }


def _key(data: bytes) -> dict[str, str]:
    key = b64encode(data[:16])
    digest = sha1(key + GUID).digest()
    return {
        "": key.decode(),
        "bytes": data[:16].hex(),
        "concat": (key + GUID).decode(),
        "sha1": digest.hex(),
        "accept": accept_key(key).decode(),
        "unjoined": b64encode(sha1(key).digest()).decode(),
        "hex": b64encode(digest.hex().encode()).decode(),
    }


def _masked(data: bytes) -> dict[str, str]:
    word, key = _WORDS[data[0] % len(_WORDS)].encode(), data[4:8]
    wire = apply_mask(word, key)
    return {
        "": wire.hex(),
        "key": key.hex(),
        "wire": wire.hex(),
        "text": word.decode(),
        "hex": word.hex(),
        "first": bytes((key[0],)).hex(),
    }


def _xor(data: bytes) -> dict[str, str]:
    a, b = data[0] | 0x88, data[1] & 0x7F | 0x09  # they share a bit and differ in one, so that all results differ
    names = {"a": a, "b": b, "xor": a ^ b, "or": a | b, "and": a & b}
    found = {"": f"{a:02x}"} | {name: f"{value:02x}" for name, value in names.items()}
    return found | {f"{name}-bits": f"{value:08b}" for name, value in names.items()}


def _triple(data: bytes) -> dict[str, str]:
    three = bytes(65 + byte % 26 + 32 * (byte > 127) for byte in data[:3])
    return {"": three.decode(), "hex": three.hex(), "bits": _bits(three), "base64": b64encode(three).decode()}


def _mixed(data: bytes) -> dict[str, str]:
    """A character of each length in UTF-8, in any order; their lengths in UTF-16 differ from that."""
    drawn = [alphabet[byte % len(alphabet)] for alphabet, byte in zip(_CHARACTERS, data, strict=False)]
    first = data[4] % len(drawn)
    text = "".join(drawn[first:] + drawn[:first])
    return {
        "": text,
        "points": " ".join(f"U+{ord(char):04X}" for char in text),
        "hex": text.encode().hex(),
        "size": str(len(text.encode())),
        "characters": str(len(text)),
        "units": str(len(text.encode("utf-16-le")) // 2),
        "utf16": text.encode("utf-16-be").hex(),
    }


KINDS: dict[str, tuple[int, Callable[[bytes], dict[str, str]]]] = {
    "byte": (1, _number),
    "word": (2, _number),
    "xor": (2, _xor),
    "triple": (3, _triple),
    "masked": (8, _masked),
    "mixed": (5, _mixed),
    "key": (16, _key),
}
"""Every kind of given: how many bytes are drawn, and the names that follow from them."""


def draw(task: Task, seed: int) -> dict[str, str]:
    """What a task gives for a seed, by name: `key`, `key.accept` ..."""
    found: dict[str, str] = {}
    for given in task.givens:
        size, names = KINDS[given.kind]
        data = sha256(f"{seed}/{task.id}/{given.name}".encode()).digest()[:size]
        for name, value in names(data).items():
            found[f"{given.name}.{name}" if name else given.name] = value
    return found


def given_of(lesson: Lesson, seed: int = 0) -> dict[str, str]:
    """What all tasks of a lesson give; names are unique in a lesson."""
    return {name: value for task in lesson.tasks for name, value in draw(task, seed).items()}
