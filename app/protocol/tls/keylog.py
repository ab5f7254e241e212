"""Key logs in the format of NSS, as browsers, OpenSSL and curl write them to the file that SSLKEYLOGFILE names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

MASTER = "CLIENT_RANDOM"
EARLY = "CLIENT_EARLY_TRAFFIC_SECRET"
HANDSHAKE = {"client": "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "server": "SERVER_HANDSHAKE_TRAFFIC_SECRET"}
TRAFFIC = {"client": "CLIENT_TRAFFIC_SECRET_0", "server": "SERVER_TRAFFIC_SECRET_0"}
LABELS = frozenset({MASTER, EARLY, *HANDSHAKE.values(), *TRAFFIC.values(), "EXPORTER_SECRET", "EARLY_EXPORTER_SECRET"})

MOST_LINES = 200_000
"""Lines that are read of one log; a browser writes five for a connection."""

_LINE = re.compile(rb"([A-Z][A-Z0-9_]{2,40}) ([0-9a-fA-F]{64}) ((?:[0-9a-fA-F]{2}){16,64})")


class KeyLog(NamedTuple):
    """The secrets of each connection by its client random, and the lines (from one) that say nothing usable."""

    secrets: dict[bytes, dict[str, bytes]]
    ignored: tuple[int, ...] = ()

    def of(self, random: bytes) -> dict[str, bytes]:
        """The secrets of one connection, by label; empty when there are none."""
        return self.secrets.get(random, {})


def read_keylog(*logs: bytes) -> KeyLog:
    """Read one log, or several as one. Never raises: what is no line of a key log is ignored."""
    secrets: dict[bytes, dict[str, bytes]] = {}
    ignored: list[int] = []
    for number, line in enumerate(_lines(logs), 1):
        if number > MOST_LINES:
            break
        match = _LINE.fullmatch(line.strip())
        if match:
            label, random, secret = match[1].decode(), bytes.fromhex(match[2].decode()), match[3].decode()
            if label in LABELS:
                secrets.setdefault(random, {}).setdefault(label, bytes.fromhex(secret))
        elif line.strip() and not line.startswith(b"#"):
            ignored.append(number)
    return KeyLog(secrets, tuple(ignored))


def _lines(logs: Iterable[bytes]) -> Iterable[bytes]:
    for log in logs:
        yield from log.removeprefix(b"\xef\xbb\xbf").splitlines()
