"""Packets become connections, and connections traces: who is the client, what is carried, what is missing."""

import pytest

from app.importers.capture import from_packets
from app.importers.carried import BY_MASK, BY_PORT
from app.importers.fold import fold
from app.importers.packets import Capture, Packet
from app.importers.source import NO_ANSWER, NO_HANDSHAKE, NO_REQUEST, Source, Unreadable
from app.protocol.frames import write_frame
from app.trace import Record
from tests.packets import ACK, FIN, RST, SYN, Talk, ethernet
from tests.samples import REQUEST, RESPONSE, client_frame

HELLO, ECHO = client_frame(1, b"Hello"), write_frame(1, b"Hello")


def imported(*talks: Talk, packets: list[Packet] | None = None) -> Source:
    """Talks one after the other, or these packets."""
    one_by_one = [packet for talk in talks for packet in talk.packets]
    seen = [Packet(at * 1_000_000, 101, packet) for at, packet in enumerate(one_by_one)] if packets is None else packets
    return from_packets(Capture(seen, [], []), "pcap")


def told(source: Source, index: int = 0) -> list[str]:
    """Side and kind of every record."""
    return [f"{record.side} {record.kind}" for record in source.traces[index].records]


def kinds(source: Source) -> list[str]:
    [(_, events)] = fold(source)
    return [f"{event.side} {event.kind}" for event in events]


def whole() -> Talk:
    return Talk().open().send(0, REQUEST).send(1, RESPONSE).send(0, HELLO).send(1, ECHO)


def test_a_whole_connection() -> None:
    source = imported(whole().close())
    assert source.assumptions == ()
    assert told(source) == ["client data", "server data", "client data", "server data", "client fin", "server fin"]
    assert (source.known["0"].client, source.known["0"].server) == ("10.0.0.1:50000", "10.0.0.2:80")
    assert source.traces[0].records[2] == Record(5_000_000, "client", "wire", "data", HELLO)


def test_the_syn_decides_who_is_the_client() -> None:
    """Here the server speaks first, and nothing else would tell."""
    talk = Talk(ports=(80, 50000)).send(0, flags=SYN).send(1, flags=SYN | ACK).send(1, b"220 ready\r\n")
    assert imported(talk).known["0"].client == "10.0.0.1:80"
    assert imported(talk).known["0"].what == "other"


def test_the_handshake_decides_without_a_syn() -> None:
    source = imported(Talk(ports=(80, 50000)).send(1, RESPONSE).send(0, REQUEST))
    assert source.known["0"].client == "10.0.0.1:80"


def test_frames_decide_in_the_middle() -> None:
    source = imported(Talk(ports=(80, 50000)).send(1, ECHO).send(0, HELLO).send(1, ECHO).send(0, HELLO))
    assert source.known["0"].client == "10.0.0.1:80"
    assert source.assumptions == (f"Connection 0: {BY_MASK}", f"Connection 0: {NO_HANDSHAKE}")
    assert kinds(source).count("client frame") == kinds(source).count("server frame") == 2


def test_the_port_decides_where_nothing_else_does() -> None:
    source = imported(Talk(ports=(80, 50000)).send(1, b"junk").send(0, b"junk"))
    assert source.known["0"].client == "10.0.0.2:50000"
    assert source.assumptions == (f"Connection 0: {BY_PORT}",)


def test_what_begins_inside_a_frame_is_read_from_the_next() -> None:
    source = imported(Talk().send(0, HELLO[3:]).send(0, HELLO).send(0, HELLO).send(1, ECHO))
    assert kinds(source).count("client frame") == 2
    assert any("begins inside a frame" in note for note in source.assumptions)


def test_lost_data_is_a_gap() -> None:
    talk = whole()
    talk.seq[0] += 5
    source = imported(talk.send(0, HELLO).close())
    assert told(source).count("client gap") == 1


def test_a_new_syn_is_a_new_connection() -> None:
    source = imported(whole().close(), Talk((70000, 90000)).open().send(0, REQUEST))
    assert [trace.connection for trace in source.traces] == ["0", "1"]
    assert source.traces[1].bytes("client") == REQUEST


def test_a_repeated_syn_is_not() -> None:
    talk = (
        Talk().send(0, flags=SYN).send(0, flags=SYN, at=1000).send(1, flags=SYN | ACK).send(1, flags=SYN | ACK, at=5000)
    )
    source = imported(talk.send(0, REQUEST))
    assert len(source.traces) == 1


def test_a_syn_ack_without_its_syn() -> None:
    source = imported(Talk().send(1, flags=SYN | ACK).send(0, REQUEST).send(1, RESPONSE))
    assert source.known["0"].client == "10.0.0.1:50000"


def test_connections_at_the_same_time_stay_apart() -> None:
    one, two = whole(), Talk((9, 8), (50001, 80)).open().send(0, REQUEST).send(1, RESPONSE).send(0, HELLO)
    mixed = [packet for pair in zip(one.seen(), two.seen(), strict=False) for packet in pair]
    source = imported(packets=mixed)
    assert [trace.bytes("client") for trace in source.traces] == [REQUEST + HELLO, REQUEST + HELLO]


def test_a_reset_is_told() -> None:
    assert told(imported(whole().send(1, flags=RST | ACK)))[-1] == "server rst"


def test_sequence_numbers_wrap() -> None:
    talk = Talk((2**32 - 20, 2**32 - 5)).open().send(0, REQUEST).send(1, RESPONSE).send(0, HELLO)
    assert imported(talk).traces[0].bytes("client") == REQUEST + HELLO


def test_segments_of_nowhere_are_counted() -> None:
    source = imported(whole().send(0, b"stray", at=2**31))
    assert source.assumptions[0].startswith("1 segment was left out")


def test_other_http_is_listed() -> None:
    source = imported(Talk().open().send(0, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").send(1, b"HTTP/1.1 200 OK\r\n\r\n"))
    assert source.known["0"].what == "http"
    assert list(fold(source))[0][1] == []


def test_silent_connections_are_listed() -> None:
    assert imported(Talk().open().close()).known["0"].what == "silent"
    assert imported(Talk().send(0, flags=SYN).send(1, flags=RST | ACK)).known["0"].what == "silent"


def test_packets_out_of_time_are_sorted() -> None:
    seen = whole().seen()
    source = imported(packets=seen[5:] + seen[:5])
    assert source.traces[0].bytes("client") == REQUEST + HELLO
    assert "order of time" in source.assumptions[0]


def test_one_side_alone_can_be_taken() -> None:
    source = from_packets(Capture(whole().seen(), [], []), "pcap", "server")
    assert (source.traces[0].size("client"), source.traces[0].size("server")) == (0, len(RESPONSE + ECHO))


def test_what_holds_no_tcp_is_refused() -> None:
    with pytest.raises(Unreadable, match="no packets"):
        imported(packets=[])
    with pytest.raises(Unreadable, match="None of the 1 packets.*link type 105"):
        imported(packets=[Packet(0, 105, b"x")])


def test_padding_of_ethernet_is_no_payload() -> None:
    packets = [Packet(0, 1, ethernet(packet.data) + bytes(9)) for packet in whole().close().seen()]
    assert imported(packets=packets).traces[0].bytes("client") == REQUEST + HELLO


def test_a_fin_is_not_sent_twice() -> None:
    talk = whole().send(0, flags=FIN | ACK)
    talk.send(0, flags=FIN | ACK, at=talk.seq[0] - 1)
    assert told(imported(talk)).count("client fin") == 1


def test_a_request_that_was_not_captured() -> None:
    talk = Talk().open()
    talk.seq[0] += len(REQUEST)
    source = imported(talk.send(1, RESPONSE).send(0, HELLO).send(1, ECHO).send(0, HELLO))
    assert source.assumptions == (f"Connection 0: {NO_REQUEST}",)
    assert kinds(source).count("client frame") == 2 and kinds(source).count("server frame") == 1
    [(_, events)] = fold(source)
    assert {event.detail.rule[:3] for event in events if event.kind == "violation"} <= {
        "frm"
    }  # the key is the same twice


def test_an_answer_that_was_not_captured() -> None:
    talk = Talk().open().send(0, REQUEST)
    talk.seq[1] += len(RESPONSE)
    source = imported(talk.send(0, HELLO).send(1, ECHO).send(0, HELLO).send(1, ECHO))
    assert source.assumptions == (f"Connection 0: {NO_ANSWER}",)
    assert kinds(source).count("client frame") == 2 and kinds(source).count("server frame") == 2


def test_one_direction_alone() -> None:
    client = imported(Talk().send(0, flags=SYN).send(0, REQUEST).send(0, HELLO))
    assert client.assumptions == (f"Connection 0: {NO_ANSWER}",) and "client frame" in kinds(client)
    server = imported(Talk().send(1, flags=SYN | ACK).send(1, RESPONSE).send(1, ECHO))
    assert "server frame" in kinds(server)
