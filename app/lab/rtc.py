"""The WebRTC rows: an aiortc peer in a thread of its own, with its datagrams, DTLS records and SCTP packets counted.

No STUN or TURN server is asked, and the only address offered is the loopback one. Counting replaces methods of single
objects inside aiortc and aioice: their names are private, which is why the package asks for a known version.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from importlib.util import find_spec
from typing import Any

from app.lab.channel import Channel
from app.lab.kernel import IP, UDP
from app.lab.tally import Tally
from app.trace import Side

SIGNAL_SECONDS = 10.0
PEERS = 8
BUFFER = 2**21
"""Asked of the system for incoming datagrams: those that find no room are lost, and sent and counted again."""
LOCAL_NAME = ".local "
"""Candidates under such names would have to be looked up in the network; the peer finds the address by itself."""

log = logging.getLogger("socketscope.lab")


def available() -> bool:
    """Whether aiortc is installed."""
    return find_spec("aiortc") is not None


class Peers:
    """The server's ends of all data channels. `host` is the one address they use."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._peers: dict[Any, Channel] = {}

    def run(self, work: Awaitable[Any], seconds: float = SIGNAL_SECONDS) -> Any:
        """Do something on the peers' own thread and wait for it. Raises what it raises, or TimeoutError."""
        future: Future[Any] = asyncio.run_coroutine_threadsafe(_await(work), self.loop())
        try:
            return future.result(seconds)
        finally:
            future.cancel()

    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop, started on first use."""
        with self._lock:
            if self._loop is None:
                _stay_at(self._host)
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="lab webrtc", daemon=True)
                self._thread.start()
            return self._loop

    def answer(self, channel: Channel, offer: bytes) -> bytes:
        """The answer to an offer. Raises OSError when it cannot be used or there are too many peers."""
        if len(self._peers) >= PEERS:
            raise OSError("There are as many WebRTC connections as the lab serves.")
        try:
            reply: bytes = self.run(self._answer(channel, without_names(offer)))
        except (ValueError, TimeoutError, AssertionError, KeyError, TypeError) as error:
            raise OSError("This offer cannot be answered.") from error
        return reply

    async def _answer(self, channel: Channel, offer: bytes) -> bytes:
        from aiortc import RTCPeerConnection, RTCSessionDescription

        peer = RTCPeerConnection()
        self._peers[peer] = channel
        peer.on("datachannel", lambda line: self._opened(channel, line))
        await peer.setRemoteDescription(RTCSessionDescription(offer.decode("utf-8", "replace"), "offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        count(peer, channel.tally, self._host)
        return peer.localDescription.sdp.encode()

    def _opened(self, channel: Channel, line: Any) -> None:
        loop = self.loop()
        line.on("message", lambda message: channel.heard(message if isinstance(message, bytes) else message.encode()))

        def push(payload: bytes) -> None:
            sent: Future[None] = asyncio.run_coroutine_threadsafe(_send(line, payload), loop)
            sent.result(SIGNAL_SECONDS)

        channel.speaks(push)

    def release(self, channel: Channel) -> None:
        """Close the peers of a row."""
        if self._loop is None:
            return
        for peer in [peer for peer, of in self._peers.items() if of is channel]:
            self._peers.pop(peer, None)
            try:
                self.run(peer.close(), 3)
            except (TimeoutError, ConnectionError, OSError):
                log.debug("a WebRTC peer did not close in time")

    def close(self) -> None:
        """Close every peer and end the thread."""
        for channel in set(self._peers.values()):
            self.release(channel)
        if self._loop and self._thread:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(3)
            if not self._thread.is_alive():
                self._loop.close()


async def _await(work: Awaitable[Any]) -> Any:
    return await work


async def _send(line: Any, payload: bytes) -> None:
    if line.readyState != "open":
        raise ConnectionResetError
    line.send(payload.decode())


def without_names(offer: bytes) -> bytes:
    """The offer without candidates that are names: asking the network for them is not ours to do."""
    lines = offer.decode("utf-8", "replace").splitlines()
    kept = [line for line in lines if not (line.startswith("a=candidate:") and LOCAL_NAME in line)]
    return ("\r\n".join(kept) + "\r\n").encode()


def _stay_at(host: str) -> None:
    """aioice offers every address of the machine but the loopback one; here it is the other way round."""
    from aioice import ice

    ice.get_host_addresses = lambda use_ipv4, use_ipv6: [host]


def count(peer: Any, tally: Tally, host: str) -> None:
    """Count from now on: datagrams at the socket, SCTP packets between DTLS and the data channel."""
    dtls = peer.sctp.transport
    header = IP[socket.AF_INET6 if ":" in host else socket.AF_INET] + UDP
    for protocol in dtls.transport._connection._protocols:
        _count_datagrams(protocol, tally, header)
    _count_packets(peer.sctp, dtls, tally)


def _count_datagrams(protocol: Any, tally: Tally, header: int) -> None:
    received: Callable[[bytes, Any], None] = protocol.datagram_received

    def note(side: Side, data: bytes) -> None:
        tally.datagrams += 1
        tally.adjust(side, "security" if 20 <= data[0] <= 63 else "network", len(data))
        tally.adjust(side, "network", header)

    def datagram_received(data: bytes, address: Any) -> None:
        note("client", data)
        received(data, address)

    line = protocol.transport.get_extra_info("socket")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    protocol.datagram_received = datagram_received
    protocol.transport = _Sending(protocol.transport, lambda data: note("server", data))


class _Sending:
    """The transport of a socket, with what is sent told to `note`."""

    def __init__(self, transport: Any, note: Callable[[bytes], None]) -> None:
        self._transport, self._note = transport, note

    def sendto(self, data: bytes, address: Any = None) -> None:
        """Send, and tell."""
        self._note(data)
        self._transport.sendto(data, address)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def _count_packets(sctp: Any, dtls: Any, tally: Tally) -> None:
    send, take = dtls._send_data, sctp._handle_data

    async def sending(data: bytes) -> None:
        split(tally, "server", data)
        await send(data)

    async def taking(data: bytes) -> None:
        split(tally, "client", data)
        await take(data)

    dtls._send_data, sctp._handle_data = sending, taking


DATA_CHUNK = 0
DATA_HEADER = 16
COMMON_HEADER = 12


def split(tally: Tally, side: Side, packet: bytes) -> None:
    """Give the bytes of an SCTP packet (RFC 9260 section 3) to payload and framing; DTLS keeps what is left."""
    tally.adjust(side, "security", -len(packet))
    tally.add(side, "framing", packet[:COMMON_HEADER])
    at = COMMON_HEADER
    while at + 4 <= len(packet):
        size = int.from_bytes(packet[at + 2 : at + 4])
        end = at + max(size, 4)
        head = end if packet[at] != DATA_CHUNK or _is_control(packet[at:end]) else min(at + DATA_HEADER, end)
        tally.add(side, "framing", packet[at:head])
        tally.add(side, "payload", packet[head:end])
        padded = min(at + -(-max(size, 4) // 4) * 4, len(packet))
        tally.add(side, "framing", packet[end:padded])
        at = padded


def _is_control(chunk: bytes) -> bool:
    """Whether a DATA chunk opens the data channel (RFC 8832) instead of carrying a message."""
    return int.from_bytes(chunk[12:16]) == 50
