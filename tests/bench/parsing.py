"""Parsing as a server: masked input in reads of 64 KiB, every rule on, the trace recorded."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from app.protocol.deflate import Deflater
from app.protocol.extensions import Deflate
from app.protocol.frames import Opcode, write_frame
from app.protocol.reader import FrameReader
from app.trace import Trace
from tests.bench import table

READ = 65_536
KEY = bytes.fromhex("9c4b07e2")


@dataclass
class Workload:
    """A byte stream as a client sends it, and how many frames are in it."""

    name: str
    data: bytes
    frames: int
    deflate: bool = False

    @cached_property
    def reads(self) -> list[bytes]:
        """The stream as a socket would hand it over; cut once, so that cutting is not measured."""
        return [self.data[at : at + READ] for at in range(0, len(self.data), READ)]


def _same(name: str, payload: bytes, count: int, opcode: int = Opcode.TEXT) -> Workload:
    return Workload(name, write_frame(opcode, payload, key=KEY) * count, count)


def _fragmented(count: int) -> Workload:
    part = b"0123456789abcdef"
    message = write_frame(Opcode.TEXT, part, fin=False, key=KEY)
    message += write_frame(Opcode.CONT, part, fin=False, key=KEY) * 2 + write_frame(Opcode.CONT, part, key=KEY)
    return Workload("fragmented, 4 x 16 B", message * (count // 4), count)


def _deflated(count: int) -> Workload:
    deflater = Deflater()
    texts = (b'{"user":"ana","room":"4821","n":%d}' % n for n in range(count))
    data = b"".join(write_frame(Opcode.TEXT, deflater.message(text), rsv1=True, key=KEY) for text in texts)
    return Workload("permessage-deflate", data, count, deflate=True)


def workloads() -> list[Workload]:
    """What is parsed."""
    return [
        _same("16 B text", b"0123456789abcdef", 60_000),
        _same("1 KiB text", b"x" * 1024, 20_000),
        _same("64 KiB binary", b"x" * 65_536, 400, Opcode.BINARY),
        _same("16 MiB binary", b"x" * 2**24, 2, Opcode.BINARY),
        _fragmented(60_000),
        _deflated(30_000),
    ]


def recording(work: Workload) -> Callable[[], int]:
    """Our engine, with the trace."""

    def run() -> int:
        reader = FrameReader("client", deflate=Deflate() if work.deflate else None)
        trace = Trace("bench", limit=2**40)
        heard = 0
        for at, data in enumerate(work.reads):
            trace.add(at, "client", data)
            heard += len(reader.feed(data))
        return heard

    return run


def silent(work: Workload) -> Callable[[], int]:
    """Our engine, without the trace."""

    def run() -> int:
        reader = FrameReader("client", deflate=Deflate() if work.deflate else None)
        return sum(len(reader.feed(data)) for data in work.reads)

    return run


def wsproto(work: Workload) -> Callable[[], int]:
    from wsproto.extensions import PerMessageDeflate
    from wsproto.frame_protocol import FrameProtocol

    def run() -> int:
        extension = PerMessageDeflate()
        extension._enabled = True
        protocol = FrameProtocol(client=False, extensions=[extension] if work.deflate else [])
        heard = 0
        for data in work.reads:
            protocol.receive_bytes(data)
            heard += sum(1 for _ in protocol.received_frames())
        return heard

    return run


def websockets(work: Workload) -> Callable[[], int]:
    from websockets.extensions.permessage_deflate import PerMessageDeflate
    from websockets.protocol import OPEN, Protocol
    from websockets.server import ServerProtocol

    def run() -> int:
        protocol = ServerProtocol(max_size=None)
        protocol.state = OPEN
        protocol.extensions = [PerMessageDeflate(False, False, 15, 15)] if work.deflate else []
        protocol.parser = Protocol.parse(protocol)  # past the handshake: frames at once
        next(protocol.parser)
        heard = 0
        for data in work.reads:
            protocol.receive_data(data)
            heard += len(protocol.events_received())
        return heard

    return run


def aiohttp(work: Workload) -> Callable[[], int]:
    from aiohttp._websocket.reader import WebSocketDataQueue, WebSocketReader
    from aiohttp.base_protocol import BaseProtocol

    loop = asyncio.new_event_loop()

    class Still(BaseProtocol):
        def pause_reading(self) -> None: ...
        def resume_reading(self) -> None: ...

    async def drain(queue: WebSocketDataQueue) -> int:
        heard = 0
        while queue._buffer:
            await queue.read()
            heard += 1
        return heard

    def run() -> int:
        queue = WebSocketDataQueue(Still(loop), 2**16, loop=loop)
        reader = WebSocketReader(queue, 2**26, work.deflate, False)
        heard = 0
        for data in work.reads:
            reader.feed_data(data)
            heard += loop.run_until_complete(drain(queue))
        return heard

    return run


PEERS: dict[str, Callable[[Workload], Callable[[], int]]] = {
    "wsproto": wsproto,
    "websockets": websockets,
    "aiohttp": aiohttp,
}
GOALS = {
    "16 B text": 10,
    "1 KiB text": 5,
    "64 KiB binary": 8,
    "fragmented, 4 x 16 B": 5,
    "permessage-deflate": 4.5,
}


def run() -> None:
    """Print the tables."""
    rows = []
    costs = []
    for work in workloads():
        ours = table.seconds(recording(work))
        base = table.seconds(wsproto(work), rounds=3)
        row = [work.name, table.rate(work.frames, ours), f"{base / ours:.1f}", str(GOALS.get(work.name, ""))]
        for name, peer in PEERS.items():
            if name != "wsproto":
                row.append(_ratio(name, peer, work, base))
        rows.append(row)
        costs.append([work.name, f"{ours / table.seconds(silent(work)):.2f}", f"{_index_bytes(work):.1f}"])
    header = ["server role, 64 KiB reads", "frames/s", "x wsproto", "goal", "websockets", "aiohttp"]
    table.show("Parsing: how many times as fast as wsproto", header, rows)
    table.show("What the trace costs", ["workload", "on / off", "index B/frame"], costs)


def _ratio(name: str, peer: Callable[[Workload], Callable[[], int]], work: Workload, base: float) -> str:
    try:
        if peer(work)() < work.frames // 4:
            raise ValueError("stopped early")
        return f"{base / table.seconds(peer(work), rounds=3):.1f}"
    except Exception as error:  # a peer of another version must not stop the bench
        print(f"{name}: {work.name}: {error!r}", file=sys.stderr)
        return "-"


def _index_bytes(work: Workload) -> float:
    reader = FrameReader("client", deflate=Deflate() if work.deflate else None)
    for data in work.reads:
        reader.feed(data)
    return len(reader.index) * reader.index.itemsize / work.frames
