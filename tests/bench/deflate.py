"""How fast compressed input is taken apart: walked, and annotated with what every step puts out; goal 300 KB/s."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Callable

from app.anatomy.deflate import symbols, unpack
from app.protocol.deflate import TAIL
from app.protocol.history import History, Past
from app.protocol.inflate_walk import walk
from tests.bench import table

GOAL = 300
SIZE = 400_000


def samples() -> dict[str, bytes]:
    """Plain messages of different kinds."""
    rng = random.Random(1951)
    names = ["ana", "bob", "cy", "dora"]
    lines = ({"user": rng.choice(names), "n": n, "x": rng.random(), "typing": n % 2 == 0} for n in range(8000))
    return {
        "JSON": "".join(map(json.dumps, lines)).encode()[:SIZE],
        "words": " ".join(rng.choice(names) + str(rng.randrange(99)) for _ in range(SIZE // 6)).encode(),
        "random letters": bytes(rng.choice(b"abcdefghijklmnop") for _ in range(SIZE)),
    }


def compressed(plain: bytes, level: int) -> bytes:
    """The payload of one message."""
    machine = zlib.compressobj(level, zlib.DEFLATED, -15)
    return machine.compress(plain) + machine.flush(zlib.Z_SYNC_FLUSH)[:-4]


def drain(work: Callable[[], object]) -> Callable[[], int]:
    """Go through everything that an iterator gives."""
    return lambda: sum(1 for _ in work())  # type: ignore[attr-defined]


def run() -> None:
    """Print the table."""
    rows = []
    for name, plain in samples().items():
        for level in (1, 9):
            data = compressed(plain, level)
            past = Past(History("server", 15, False), 0)
            works: tuple[Callable[[], object], ...] = (
                drain(lambda data=data: walk(data + TAIL)),
                drain(lambda data=data: symbols(data)),
                lambda data=data, past=past: unpack(data, past, b"", most=len(data)),
                lambda data=data, past=past: unpack(data, past, b""),
            )
            rates = [len(data) / table.seconds(work, rounds=3) / 1000 for work in works[:3]]
            shown = table.seconds(works[3]) * 1000
            rows.append([f"{name}, level {level}", *(f"{rate:.0f}" for rate in rates), f"{shown:.1f}"])
    header = ["compressed input, KB/s", "walked", "annotated", "with fields", "first 2 KiB, ms"]
    table.show(f"DEFLATE: goal {GOAL} KB/s annotated", header, rows)
