"""A second count from outside: what dumpcap saw of one port, as bytes of IP and of TCP or UDP payload."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from app.lab.kernel import DATA

TCP, UDP = 6, 17
DISCARD = 9
"""The port that nobody listens on; marks go there."""
_HEADER = 24
_ETHERNET = 14


class Seen(NamedTuple):
    """One packet: its protocol, ports, bytes of IP and of payload, and when (seconds since 1970) it was seen."""

    protocol: int
    source: int
    target: int
    size: int
    payload: int
    at: float
    sequence: int
    flags: int

    @property
    def on_a_network(self) -> int:
        """Bytes of IP if long segments, which the loopback device carries whole, were cut as on an Ethernet."""
        parts = max(-(-self.payload // DATA), 1)
        return self.size + (parts - 1) * (self.size - self.payload)


class Capture:
    """What was seen; complete once the block that made it is left."""

    def __init__(self) -> None:
        self.packets: list[Seen] = []

    def of(self, port: int) -> list[Seen]:
        """Packets from or to a port."""
        return [packet for packet in self.packets if port in (packet.source, packet.target)]


def available() -> bool:
    """Whether this account may capture on the loopback device here."""
    if not shutil.which("dumpcap"):
        return False
    found = subprocess.run(["dumpcap", "-D"], capture_output=True, text=True, check=False)
    if "lo (Loopback)" not in found.stdout:
        return False
    command = ["dumpcap", "-q", "-P", "-i", "lo", "-a", "duration:1", "-c", "1", "-w", "/dev/null"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextmanager
def capturing(path: Path) -> Iterator[Capture]:
    """Capture while the block runs."""
    command = ["dumpcap", "-P", "-s", "0", "-B", "32", "-i", "lo", "-f", "tcp or udp", "-w", str(path)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    for line in process.stderr:
        if line.startswith("File:"):
            break
    drain = threading.Thread(target=process.stderr.read, daemon=True)
    drain.start()
    capture = Capture()
    try:
        yield capture
        _flush(path)
    finally:
        process.terminate()
        process.wait(10)
        drain.join(5)
        process.stderr.close()
        capture.packets += _read(path.read_bytes())


def _flush(path: Path) -> None:
    """Send a mark until it is in the file: then everything before it is, too."""
    mark, end = os.urandom(16), time.monotonic() + 10
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        while mark not in path.read_bytes() and time.monotonic() < end:
            sender.sendto(mark, ("127.0.0.1", DISCARD))
            threading.Event().wait(0.02)


def _read(data: bytes) -> Iterator[Seen]:
    at = _HEADER
    while at + 16 <= len(data):
        seconds, micros, size = struct.unpack_from("<III", data, at)
        packet = _packet(data[at + 16 + _ETHERNET : at + 16 + size], seconds + micros / 1e6)
        if packet:
            yield packet
        at += 16 + size


def _packet(data: bytes, at: float) -> Seen | None:
    if not data or data[0] >> 4 != 4:
        return None
    size = int.from_bytes(data[2:4]) or len(data)
    start = (data[0] & 15) * 4
    source, target = struct.unpack_from("!HH", data, start)
    header = 8 if data[9] == UDP else (data[start + 12] >> 4) * 4
    sequence = int.from_bytes(data[start + 4 : start + 8]) if data[9] == TCP else 0
    flags = data[start + 13] if data[9] == TCP else 0
    return Seen(data[9], source, target, size, size - start - header, at, sequence, flags)


def repeated(packets: list[Seen]) -> bool:
    """Whether TCP sent anything twice: what the receiver did not ask for is in the capture and in no count."""
    seen: set[tuple[int, int, int]] = set()
    for packet in packets:
        key = (packet.source, packet.target, packet.sequence)
        if packet.payload and key in seen:
            return True
        if packet.payload:
            seen.add(key)
    return False
