"""Messages of a connection of one's own making: compressed one after the other, then taken apart."""

from __future__ import annotations

from collections.abc import Iterable

from app.anatomy.deflate.unpack import Unpacked, unpack
from app.protocol.deflate import WINDOW, Deflater, Inflater
from app.protocol.history import History, Past

LIMIT = 2**20


def squeeze(texts: Iterable[bytes], bits: int = 15, takeover: bool = True, level: int = 6) -> list[bytes]:
    """The payloads that these messages have on a connection that agreed on this."""
    machine = Deflater(bits, takeover, level)
    return [machine.message(text) for text in texts]


def take_apart(payloads: Iterable[bytes], bits: int = 15, takeover: bool = True) -> list[Unpacked]:
    """Every message of a connection, in order. Raises InflateError and TooBig where zlib does."""
    history, machine = History("server", bits, not takeover), Inflater(bits, takeover)
    window, found = b"", list[Unpacked]()
    for number, payload in enumerate(payloads):
        found.append(unpack(payload, Past(history, number), window))
        plain = machine.message(payload, LIMIT)
        history.add(0, 0, len(payload), len(plain), window)
        window = (window + plain)[-WINDOW:] if takeover else b""
    return found
