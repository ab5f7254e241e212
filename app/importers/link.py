"""Below IP: where the IP packet begins in a frame of each link type that a laptop captures."""

from __future__ import annotations

from collections.abc import Callable

IPV4, IPV6 = 0x0800, 0x86DD
PPPOE = 0x8864
VLAN = frozenset({0x8100, 0x88A8, 0x9100, 0x9200})

Found = tuple[int, int]
"""What follows (an EtherType) and where it begins."""

_PPP = {0x0021: IPV4, 0x0057: IPV6}
_BSD_FAMILIES = {2: IPV4, 10: IPV6, 24: IPV6, 28: IPV6, 30: IPV6}


def _number(frame: bytes, pos: int) -> int:
    return int.from_bytes(frame[pos : pos + 2], "big")


def _tagged(kind: int, frame: bytes, pos: int) -> Found | None:
    """Past VLAN tags (802.1Q and stacked) and PPPoE."""
    while kind in VLAN and pos + 4 <= len(frame):
        kind, pos = _number(frame, pos + 2), pos + 4
    return _ppp(frame, pos + 6) if kind == PPPOE else (kind, pos)


def _ethernet(frame: bytes) -> Found | None:
    kind = frame[12] << 8 | frame[13] if len(frame) >= 14 else 0
    return (kind, 14) if kind == IPV4 or kind == IPV6 else _tagged(kind, frame, 14)


def _cooked(frame: bytes) -> Found | None:
    return _tagged(_number(frame, 14), frame, 16)


def _cooked_2(frame: bytes) -> Found | None:
    return _tagged(_number(frame, 0), frame, 20)


def _bsd(frame: bytes) -> Found | None:
    """An address family in the byte order of the machine that captured: the values are small, so either order shows."""
    head = frame[:4]
    family = min(int.from_bytes(head, "big"), int.from_bytes(head, "little"))
    return (_BSD_FAMILIES[family], 4) if family in _BSD_FAMILIES else None


def _raw(frame: bytes) -> Found | None:
    version = frame[0] >> 4 if frame else 0
    return {4: (IPV4, 0), 6: (IPV6, 0)}.get(version)


def _ppp(frame: bytes, pos: int = 0) -> Found | None:
    if frame[pos : pos + 2] == b"\xff\x03":
        pos += 2
    if frame[pos : pos + 1] and frame[pos] & 1:  # the protocol may be shortened to one byte
        kind, pos = frame[pos], pos + 1
    else:
        kind, pos = _number(frame, pos), pos + 2
    return (_PPP[kind], pos) if kind in _PPP else None


def _ppp_with_direction(frame: bytes) -> Found | None:
    return _ppp(frame, 1)


# Numbers of tcpdump.org's list of link-layer header types.
LINKS: dict[int, Callable[[bytes], Found | None]] = {
    0: _bsd,
    1: _ethernet,
    9: _ppp,
    12: _raw,
    14: _raw,
    50: _ppp,
    101: _raw,
    108: _bsd,
    113: _cooked,
    204: _ppp_with_direction,
    228: _raw,
    229: _raw,
    276: _cooked_2,
}
ETHERNET, RAW_IP = 1, 101
