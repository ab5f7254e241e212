"""Foreign bytes become traces. One module per format; the table says in which order they are recognised."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from app.importers import (
    base64text,
    capture,
    curl,
    follow,
    gz,
    har,
    hexdump,
    jsonl,
    literal,
    mitm,
    ngrep,
    packettext,
    raw,
    socat,
    strace,
)
from app.importers.source import KeyLog, Source, Unreadable
from app.importers.unseal import half, is_sealed, unseal
from app.trace import Side

__all__ = ["IMPORTERS", "Importer", "Source", "Unreadable", "read"]


class Importer(NamedTuple):
    """A format: what it is called, what it is, and how it is recognised and read."""

    name: str
    what: str
    sniff: Callable[[bytes], bool]
    read: Callable[[bytes, Side | None], Source]


# In the order in which they are recognised: from what nothing else can be to what many things could be.
_MODULES = (
    jsonl,
    capture,
    mitm,
    har,
    raw,
    strace,
    follow,
    ngrep,
    socat,
    curl,
    packettext,
    literal,
    hexdump,
    base64text,
)

IMPORTERS = {module.NAME: Importer(module.NAME, module.WHAT, module.sniff, module.read) for module in _MODULES}
IMPORTERS |= {
    name: Importer(name, what, lambda data: False, hexdump.forced(kinds))
    for name, (what, kinds) in hexdump.FORCED.items()
}


def read(data: bytes, name: str | None = None, side: Side | None = None, keylog: KeyLog = b"") -> Source:
    """Read bytes in the named format, or in the first that recognises them. Raises Unreadable.

    What is encrypted is deciphered with the key log, and with those that came with the bytes.
    """
    source = _read(data, name, side)
    keylogs = (keylog,) if keylog else ()
    if side and (source.secrets or keylogs) and any(map(is_sealed, source.traces)):
        return half(unseal(_read(data, name, None), *keylogs), side)  # the keys depend on what both sides said
    return unseal(source, *keylogs)


def _read(data: bytes, name: str | None, side: Side | None) -> Source:
    if not data:
        raise Unreadable("The input is empty.")
    if gz.is_gzip(data):
        inside, notes = gz.inflate(data)
        source = _read(inside, name, side)
        return source._replace(assumptions=(*notes, *source.assumptions))
    chosen = [IMPORTERS[name]] if name else [importer for importer in IMPORTERS.values() if importer.sniff(data)]
    if not chosen:
        raise Unreadable("This text is neither hexadecimal nor a trace; --from raw takes it as the bytes themselves.")
    return chosen[0].read(data, side)
