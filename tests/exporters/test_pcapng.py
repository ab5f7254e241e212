"""Captures that we write: read back by our own reader, and by tshark where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from app.exporters.pcapng import write_pcapng
from app.importers import read
from app.protocol.client import SAMPLE_KEY, SAMPLE_MASK
from app.protocol.frames import write_frame
from app.protocol.handshake import accept_key, write_request, write_response
from app.trace import SIDES, Trace


def conversation(big: int = 0) -> Trace:
    trace = Trace("7")
    headers = (
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", accept_key(SAMPLE_KEY.encode()).decode()),
    )
    trace.add(5, "client", write_request("example.com", "/", SAMPLE_KEY))
    trace.add(2_000_000_007, "server", write_response(101, headers))
    trace.add(3_000_000_000, "client", write_frame(1, b"Hello" + bytes(big), key=SAMPLE_MASK))
    trace.add(4_000_000_000, "server", write_frame(8, b"\x03\xe8"))
    trace.add(4_500_000_000, "server", kind="fin")
    trace.add(5_000_000_000, "client", kind="rst")
    return trace


@pytest.mark.parametrize("big", [0, 100_000])
def test_our_reader_gives_the_same_bytes_and_times(big: int) -> None:
    before = conversation(big)
    (after,) = read(b"".join(write_pcapng([before]))).traces
    for side in SIDES:
        assert after.bytes(side) == before.bytes(side)
    assert [r.kind for r in after.records if r.kind != "data"] == ["fin", "rst"]
    ends = [record.at for record in after.records if record.kind == "fin"]
    assert ends[0] - after.records[0].at == 4_500_000_000 - 5


def test_several_connections_stay_apart() -> None:
    assert len(read(b"".join(write_pcapng([conversation(), conversation()]))).traces) == 2


@pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
def test_tshark_sees_the_frames(tmp_path: Path) -> None:
    path = tmp_path / "made.pcapng"
    path.write_bytes(b"".join(write_pcapng([conversation()])))
    fields = ["-T", "fields", "-e", "websocket.opcode", "-e", "tcp.checksum.status"]
    command = ["tshark", "-r", str(path), "-o", "tcp.check_checksum:TRUE", "-Y", "websocket", *fields]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert [line.split("\t") for line in done.stdout.splitlines()] == [["1", "1"], ["8", "1"]]
