"""Encrypted connections of a source: deciphered with key logs, or else told what shows of them all the same."""

from __future__ import annotations

import re

from app.anatomy.tls.observe import Observed, observe
from app.importers.sides import HEAD_LINE, after_heads, has_rsv1, is_request
from app.importers.source import NO_LIMIT, KeyLog, Source, What
from app.protocol.handshake import find_end
from app.protocol.tls.decrypt import Decrypted, decrypt
from app.protocol.tls.keylog import KeyLog as Secrets
from app.protocol.tls.keylog import read_keylog
from app.protocol.tls.names import SUITES, VERSIONS, name_of
from app.trace import SIDES, Side, Trace, other

NOT_NEEDED = "The key log was not needed: nothing here is encrypted and still sealed."
NO_LINES = "The key log holds no line that names a secret of TLS: nothing can be deciphered with it."
OPENED = "deciphered with the key log: {}, {}."
SHOWS = "encrypted: without keys {} of the client and {} of the server show their sizes and times only{}."

_UPGRADE = re.compile(rb"^upgrade[ \t]*:[^\r\n]*websocket", re.IGNORECASE | re.MULTILINE)


def is_sealed(trace: Trace) -> bool:
    """Was this connection recorded as ciphertext alone?"""
    return any(trace.size(side, "tls") for side in SIDES) and not any(trace.size(side) for side in SIDES)


def wants_keys(source: Source) -> bool:
    """Is there something sealed, and was nothing opened?"""
    opened = any(trace.size(side, "tls") and trace.size(side) for trace in source.traces for side in SIDES)
    return not opened and any(map(is_sealed, source.traces))


def unseal(source: Source, *keylogs: KeyLog) -> Source:
    """The source with what its own secrets and these key logs open; what stays sealed is explained in its notes."""
    secrets = read_keylog(*source.secrets, *keylogs)
    sealed = [trace for trace in source.traces if is_sealed(trace)]
    notes = list(source.assumptions)
    if keylogs and not secrets.secrets:
        notes.append(NO_LINES)
    elif keylogs and not sealed:
        notes.append(NOT_NEEDED)
    traces, known = [], dict(source.known)
    for trace in source.traces:
        if trace in sealed:
            found = decrypt(trace, secrets)
            notes += [f"Connection {trace.connection}: {note}" for note in _notes(found, secrets)]
            if found.opened:
                known[trace.connection] = source.knows(trace)._replace(what=_carries(found.trace))
                trace = found.trace
        traces.append(trace)
    return source._replace(traces=traces, known=known, assumptions=tuple(notes))


def half(source: Source, side: Side) -> Source:
    """What one side sent, of each connection; the answer to a client is then taken as 101."""
    traces, known = [], {}
    for trace in source.traces:
        part = Trace(trace.connection, limit=NO_LIMIT, fidelity=trace.fidelity)
        for record in trace.records:
            if record.side == side:
                part.add(*record[:2], record.data, record.kind, record.layer)
        traces.append(part)
        said = part.bytes(side)
        lonely = side == "client" and bool(said)
        compressed = lonely and has_rsv1(said[after_heads(said) :])
        known[trace.connection] = source.knows(trace)._replace(unanswered=lonely, compressed=compressed)
    left_out = f"What the {other(side)} sent was left out, as asked."
    return source._replace(traces=traces, known=known, assumptions=(*source.assumptions, left_out))


def _notes(found: Decrypted, secrets: Secrets) -> list[str]:
    """What became of a connection. Why it stays sealed matters only to somebody who has keys."""
    if found.opened:
        said = OPENED.format(name_of(VERSIONS, found.version), name_of(SUITES, found.suite))
        return [said, *found.problems]
    return [_shows(observe(found)), *(found.problems if secrets.secrets else ())]


def _shows(seen: Observed) -> str:
    counts = [f"{len(seen.sealed[side])} record{'' if len(seen.sealed[side]) == 1 else 's'}" for side in SIDES]
    name = f"; the server name {seen.server_name} is in clear" if seen.server_name else ""
    return SHOWS.format(*counts, name)


def _carries(trace: Trace) -> What:
    """What came to light, told from how the client begins."""
    asked = trace.bytes("client", 0, HEAD_LINE * 8)
    if not is_request(asked[:HEAD_LINE]):
        return "other"
    end = find_end(asked)
    return "websocket" if end is None or _UPGRADE.search(asked, 0, end) else "http"
