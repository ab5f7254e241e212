"""From IP to TCP: fragments, extension headers, tunnels, padding."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from app.importers.ip import Network, Segment
from app.importers.link import IPV4, IPV6
from tests.packets import ACK, CLIENT, SERVER, ip, tcp

TCP = tcp((1, 2), 3, 4, ACK, b"payload" * 9)


def shown(segment: Segment | None) -> bytes | None:
    return segment and segment.data[segment.start : segment.end]


def test_plain_packets() -> None:
    found = Network().segment(IPV4, b"\0" * 3 + ip(CLIENT, SERVER, TCP) + b"pad", 3)
    assert found and shown(found) == TCP and found.length == len(TCP) and len(found.addresses) == 8
    found = Network().segment(IPV6, ip("::1", "::2", TCP) + b"pad", 0)
    assert found and shown(found) == TCP and len(found.addresses) == 32


def test_a_cut_packet_knows_its_length() -> None:
    found = Network().segment(IPV4, ip(CLIENT, SERVER, TCP)[:50], 0)
    assert found and (found.end - found.start, found.length) == (30, len(TCP))


def test_a_total_of_zero_means_all_of_it() -> None:
    assert shown(Network().segment(IPV4, ip(CLIENT, SERVER, TCP, total=0), 0)) == TCP


@given(st.permutations(range(4)))
def test_fragments_in_any_order(order: list[int]) -> None:
    network = Network()
    parts = [
        ip(CLIENT, SERVER, TCP[at : at + 24], fragment=at // 8 | (0x2000 if at + 24 < len(TCP) else 0))
        for at in range(0, len(TCP), 24)
    ]
    found = [network.segment(IPV4, parts[index], 0) for index in order]
    assert found[:3] == [None] * 3 and shown(found[3]) == TCP
    assert network.incomplete == 0


def test_missing_fragments_are_counted() -> None:
    network = Network()
    assert network.segment(IPV4, ip(CLIENT, SERVER, TCP[:24], fragment=0x2000), 0) is None
    assert network.incomplete == 1


def test_extension_headers_and_fragments_of_version_6() -> None:
    options = struct.pack(">BB6x", 60, 0) + struct.pack(">BB14x", 6, 1)
    assert shown(Network().segment(IPV6, ip("::1", "::2", options + TCP, protocol=0), 0)) == TCP
    network = Network()
    first = struct.pack(">BxHI", 6, 0 | 1, 9) + TCP[:40]
    last = struct.pack(">BxHI", 6, 40, 9) + TCP[40:]
    assert network.segment(IPV6, ip("::1", "::2", first, protocol=44), 0) is None
    assert shown(network.segment(IPV6, ip("::1", "::2", last, protocol=44), 0)) == TCP
    alone = struct.pack(">BxHI", 6, 0, 9) + TCP
    assert shown(network.segment(IPV6, ip("::1", "::2", alone, protocol=44), 0)) == TCP


def test_tunnels_are_followed_and_not_for_ever() -> None:
    inner = ip(CLIENT, SERVER, TCP)
    assert shown(Network().segment(IPV6, ip("::1", "::2", inner, protocol=4), 0)) == TCP
    for _ in range(9):
        inner = ip(CLIENT, SERVER, inner, protocol=4)
    assert Network().segment(IPV4, inner, 0) is None


def test_other_protocols_are_not_tcp() -> None:
    assert Network().segment(IPV4, ip(CLIENT, SERVER, TCP, protocol=17), 0) is None
    assert Network().segment(0x0806, bytes(60), 0) is None


@given(st.binary(max_size=80), st.sampled_from([IPV4, IPV6]))
def test_any_bytes(data: bytes, kind: int) -> None:
    head = b"\x45" if kind == IPV4 else b"\x60"
    Network().segment(kind, head + data, 0)
