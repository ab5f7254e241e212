"""The frames of one direction: what is well formed comes out, everything else is named, however TCP cut it."""

import tracemalloc
from collections.abc import Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.protocol.extensions import Deflate
from app.protocol.fault import Fault
from app.protocol.frames import Opcode, write_frame
from app.protocol.items import Frame, Item
from app.protocol.limits import Limits
from app.protocol.reader import FrameReader
from app.trace import SIDES, Side
from tests.samples import CUTS, STREAMS, chop, client_frame, oddity, squeeze

SMALL = Limits(frame=150, message=100, fragments=3, empty_fragments=2)
READERS = st.builds(
    dict,
    side=st.sampled_from(SIDES),
    deflate=st.sampled_from([None, Deflate(), Deflate(True, True, 9, 9)]),
    limits=st.sampled_from([Limits(), SMALL]),
)


def read(data: bytes | Iterable[bytes], side: Side = "client", **settings: object) -> list[Item]:
    """Everything a reader makes of a stream, its end included."""
    reader = FrameReader(side, **settings)  # type: ignore[arg-type]
    items: list[Item] = []
    for piece in [data] if isinstance(data, bytes) else data:
        items += reader.feed(piece)
    return items + reader.finish()


def rules(items: list[Item]) -> list[str]:
    return [item.rule for item in items if isinstance(item, Fault)]


def payloads(items: list[Item]) -> list[tuple[int, bytes]]:
    return [(item[0], item[1]) for item in items if not isinstance(item, Fault | Frame)]


def bytewise(data: bytes) -> list[bytes]:
    return [data[i : i + 1] for i in range(len(data))]


class TestAnyBytes:
    """What holds for every stream, right or wrong."""

    @settings(max_examples=400)
    @given(STREAMS, CUTS, READERS)
    @example(b"GET / HTTP/1.1", [1, 2, 3, 4], {"side": "client"})
    @example(b"GEX", [1, 2], {"side": "client"})
    def test_how_tcp_cut_it_changes_nothing(self, data: bytes, cuts: list[int], made: dict[str, object]) -> None:
        """Byte by byte nothing is ever whole, so this also holds the short loop against the complete path."""
        for detail in (False, True):
            whole = read(data, **made, detail=detail)
            assert read(chop(data, cuts), **made, detail=detail) == whole
            assert read(bytewise(data), **made, detail=detail) == whole

    @given(STREAMS, READERS)
    def test_detail_only_adds_the_frames(self, data: bytes, made: dict[str, object]) -> None:
        detailed = read(data, **made, detail=True)
        assert read(data, **made) == [item for item in detailed if not isinstance(item, Frame)]

    @given(STREAMS, READERS)
    def test_frames_lie_side_by_side_and_are_indexed(self, data: bytes, made: dict[str, object]) -> None:
        reader = FrameReader(**made, detail=True, offset=7)  # type: ignore[arg-type]
        frames = [item for item in reader.feed(data) if isinstance(item, Frame)]
        assert list(reader.index)[: len(frames)] == [frame.start for frame in frames]
        at = 7
        for frame in frames:
            assert (frame.start, frame.end) == (at, at + frame.header.size + frame.header.length)
            at = frame.end

    @given(STREAMS, READERS)
    def test_faults_point_into_the_stream(self, data: bytes, made: dict[str, object]) -> None:
        for item in read(data, **made):
            if isinstance(item, Fault):
                assert 0 <= item.start <= item.start + item.bits
                assert item.start < len(data) * 8


class TestFraming:
    """RFC 6455 5.2 and 5.7: the examples, and every bit of a header that can be wrong."""

    @pytest.mark.parametrize(
        ("side", "data", "said"),
        [
            ("server", "810548656c6c6f", [(1, b"Hello")]),
            ("client", "818537fa213d7f9f4d5158", [(1, b"Hello")]),
            ("server", "010348656c 80026c6f", [(1, b"Hello")]),
            ("server", "890548656c6c6f", [(9, b"Hello")]),
            ("client", "8a8537fa213d7f9f4d5158", [(10, b"Hello")]),
            ("server", "827e0100" + "00" * 256, [(2, bytes(256))]),
            ("server", "827f0000000000010000" + "00" * 65536, [(2, bytes(65536))]),
        ],
    )
    def test_the_examples(self, side: Side, data: str, said: list[tuple[int, bytes]]) -> None:
        items = read(bytes.fromhex(data), side)
        assert (payloads(items), rules(items)) == (said, [])

    @pytest.mark.parametrize(
        ("data", "fault"),
        [
            (oddity(1, b"x", first=0x40), Fault("frm.rsv", 1, 1, "RSV1 is 1")),
            (oddity(1, b"x", first=0x20), Fault("frm.rsv", 2, 1, "RSV2 is 1")),
            (oddity(1, b"x", first=0x10), Fault("frm.rsv", 3, 1, "RSV3 is 1")),
            *((oddity(n, b"x"), Fault("frm.opcode", 4, 4, f"opcode {n}")) for n in (3, 4, 5, 6, 7)),
            *((oddity(n, b"x"), Fault("frm.opcode", 4, 4, f"opcode {n}")) for n in (11, 12, 13, 14, 15)),
            (oddity(1, b"x", mask=False), Fault("frm.mask.client", 8, 1, "MASK is 0")),
            (oddity(2, b"x" * 5, form=16), Fault("frm.len.minimal", 16, 16, "5 in the 16-bit form")),
            (oddity(2, b"x" * 125, form=64), Fault("frm.len.minimal", 16, 64, "125 in the 64-bit form")),
            (oddity(2, b"x" * 65535, form=64), Fault("frm.len.minimal", 16, 64, "65535 in the 64-bit form")),
        ],
    )
    def test_a_wrong_bit_is_pointed_at(self, data: bytes, fault: Fault) -> None:
        assert [item for item in read(data) if isinstance(item, Fault)] == [fault]

    def test_a_server_that_masks(self) -> None:
        assert read(client_frame(1, b"Hello"), "server")[0] == Fault("frm.mask.server", 8, 1, "MASK is 1")

    def test_the_smallest_length_of_each_form_is_fine(self) -> None:
        data = b"".join(client_frame(2, bytes(size)) for size in (0, 125, 126, 65535, 65536))
        assert rules(read(data)) == []

    def test_reading_goes_on_after_a_fault_whose_end_is_known(self) -> None:
        items = read(oddity(3, b"??") + client_frame(1, b"Hello"))
        assert (rules(items), payloads(items)) == (["frm.opcode"], [(1, b"Hello")])

    def test_two_bytes_are_enough_to_judge(self) -> None:
        assert rules(FrameReader("client").feed(b"\x83\x80")) == ["frm.opcode"]

    def test_a_64_bit_length_with_its_first_bit_set_ends_the_reading(self) -> None:
        reader = FrameReader("client")
        assert rules(reader.feed(b"\x82\xff\x80" + bytes(7))) == ["frm.len.msb"]
        assert reader.lost
        assert reader.feed(client_frame(1, b"Hello")) + reader.finish() == []

    def test_http_where_a_frame_must_start_is_said_to_be_just_that(self) -> None:
        assert rules(read(b"GET / HTTP/1.1\r\n\r\n")) == ["frm.parse"]
        assert rules(read(b"HTTP/1.1 400 Bad\r\n\r\n", "server")) == ["frm.parse"]


class TestFragments:
    """RFC 6455 5.4: one message over several frames, control frames between them."""

    def test_control_frames_may_stand_between(self) -> None:
        data = client_frame(1, b"Hel", fin=False) + client_frame(9, b"?") + client_frame(0, b"lo")
        assert payloads(read(data)) == [(9, b"?"), (1, b"Hello")]

    def test_a_message_knows_its_first_and_last_frame(self) -> None:
        data = client_frame(9) + client_frame(1, b"Hel", fin=False) + client_frame(9) + client_frame(0, b"lo")
        assert read(data)[-1] == (1, b"Hello", 1, 3)

    def test_fragments_may_be_empty_all_of_them(self) -> None:
        data = client_frame(2, fin=False) + client_frame(0, fin=False) + client_frame(0)
        assert payloads(read(data)) == [(2, b"")]

    def test_nothing_to_continue(self) -> None:
        assert rules(read(client_frame(0, b"lo"))) == ["msg.start"]

    def test_a_message_inside_a_message(self) -> None:
        items = read(client_frame(1, b"Hel", fin=False) + client_frame(1, b"no") + client_frame(2, b"ok"))
        assert (rules(items), payloads(items)) == (["msg.no-interleave"], [(1, b"no"), (2, b"ok")])


class TestControlFrames:
    """RFC 6455 5.5: never fragmented, never longer than 125 bytes."""

    def test_125_bytes_are_fine_and_126_are_not(self) -> None:
        assert rules(read(client_frame(9, bytes(125)))) == []
        assert rules(read(client_frame(9, bytes(126)))) == ["ctl.len"]

    def test_a_short_ping_in_the_long_form_breaks_two_rules(self) -> None:
        assert rules(read(oddity(9, b"Hello", form=16))) == ["ctl.len", "frm.len.minimal"]

    @pytest.mark.parametrize("opcode", [8, 9, 10])
    def test_fin_is_needed(self, opcode: int) -> None:
        assert rules(read(client_frame(opcode, fin=False))) == ["ctl.fin"]


class TestText:
    """RFC 6455 8.1: UTF-8 over the whole message, refused at the earliest byte."""

    def test_a_character_may_be_cut_by_frames(self) -> None:
        data = client_frame(1, b"\xce", fin=False) + client_frame(0, b"\xba")
        assert payloads(read(data)) == [(1, "κ".encode())]

    def test_the_bad_byte_of_an_unfinished_frame_is_refused_at_once(self) -> None:
        reader = FrameReader("client")
        assert reader.feed(client_frame(1, b"ok\xed\xa0 and more to come", fin=False)[:9]) == []
        (fault,) = reader.feed(client_frame(1, b"ok\xed\xa0 and more to come", fin=False)[9:10])
        assert isinstance(fault, Fault)
        assert (fault.rule, fault.start, fault.bits) == ("msg.utf8", 8 * 8, 16)

    def test_the_surrogate_of_the_test_suites_is_at_byte_11(self) -> None:
        data = bytes.fromhex("cebae1bdb9cf83cebcceb5eda080656469746564")
        (fault,) = (item for item in read(client_frame(1, data)) if isinstance(item, Fault))
        assert (fault.start // 8 - 6, fault.bits // 8) == (11, 2)

    def test_a_character_that_never_ends(self) -> None:
        (fault,) = read(client_frame(1, b"a\xce"))
        assert isinstance(fault, Fault)
        assert (fault.rule, fault.start, fault.bits) == ("msg.utf8", 7 * 8, 8)

    def test_a_character_that_breaks_in_the_next_frame_is_marked_there(self) -> None:
        items = read(client_frame(1, b"\xce", fin=False) + client_frame(0, b"ab"))
        assert items == [Fault("msg.utf8", (7 + 6) * 8, 8, "ce begins a character that 61 cannot continue")]

    def test_a_character_that_an_empty_frame_leaves_unfinished(self) -> None:
        items = read(client_frame(1, b"\xce", fin=False) + client_frame(0))
        assert items == [Fault("msg.utf8", 7 * 8, 6 * 8, "the last character is cut off")]

    def test_binary_may_be_anything(self) -> None:
        assert payloads(read(client_frame(2, b"\xff"))) == [(2, b"\xff")]


class TestClosing:
    """RFC 6455 5.5.1: nothing but control frames after a Close."""

    def test_data_after_close_is_named_and_not_delivered(self) -> None:
        items = read(client_frame(8) + client_frame(1, b"late") + client_frame(9))
        assert (rules(items), payloads(items)) == (["cls.no-data-after"], [(8, b""), (9, b"")])

    def test_a_second_close(self) -> None:
        items = read(client_frame(8) + client_frame(8))
        assert (rules(items), payloads(items)) == (["cls.once"], [(8, b"")])

    def test_a_message_may_stay_unfinished(self) -> None:
        items = read(client_frame(1, b"Hel", fin=False) + client_frame(8, b"\x03\xe8"))
        assert (rules(items), payloads(items)) == ([], [(8, b"\x03\xe8")])


class TestEnd:
    """RFC 6455 7.1.4: TCP may end anywhere."""

    @pytest.mark.parametrize(
        ("data", "rule", "start"),
        [(b"\x81", "frm.truncated", 0), (client_frame(1, b"Hello")[:8], "frm.truncated", 0)]
        + [(client_frame(9) + client_frame(1, b"Hel", fin=False), "msg.send.frame", 6)],
    )
    def test_what_was_begun_is_reported(self, data: bytes, rule: str, start: int) -> None:
        assert read(data)[-1] == Fault(rule, start * 8, (len(data) - start) * 8, read(data)[-1][3])

    def test_partial_tells_where_the_unfinished_frame_lies(self) -> None:
        reader = FrameReader("client", offset=100)
        reader.feed(client_frame(9))
        assert reader.partial is None
        reader.feed(client_frame(1, b"Hello")[:4])
        assert reader.partial == (106, 110)
        reader.feed(client_frame(1, b"Hello")[4:8])
        assert reader.partial == (106, 114)


class TestLimits:
    """RFC 6455 10.4: a frame is refused when its length is announced, before it is kept."""

    def test_the_announcement_is_enough(self) -> None:
        assert rules(FrameReader("client").feed(b"\x82\xff" + (2**62).to_bytes(8, "big"))) == ["frm.limits"]

    def test_a_message_over_its_limit_in_one_frame(self) -> None:
        limits = Limits(frame=1000, message=10)
        assert rules(read(client_frame(2, bytes(11)), limits=limits)) == ["frm.limits"]
        assert rules(read(client_frame(2, bytes(10)), limits=limits)) == []

    def test_a_message_over_its_limit_in_fragments(self) -> None:
        data = client_frame(2, bytes(60), fin=False) + client_frame(0, bytes(60))
        assert rules(read(data, limits=SMALL)) == ["frm.limits"]

    def test_too_many_fragments(self) -> None:
        data = client_frame(2, b"a", fin=False) + client_frame(0, b"a", fin=False) * 3
        assert rules(read(data, limits=SMALL))[0] == "frm.limits"

    def test_too_many_empty_fragments_in_a_row(self) -> None:
        data = client_frame(2, b"", fin=False) + client_frame(0, b"", fin=False) * 2
        assert rules(read(data, limits=SMALL))[0] == "frm.limits"


class TestDeflate:
    """RFC 7692 6 and 7.2.3: compressed messages; the examples printed there."""

    @pytest.mark.parametrize(
        "data",
        [
            "c107f248cdc9c90700",
            "4103f248cd 8004c9c90700",
            "c10b000500faff48656c6c6f00",
            "c108f348cdc9c9070000",
            "c10df248050000 00ffffcac9c90700",
        ],
    )
    def test_the_examples_say_hello(self, data: str) -> None:
        items = read(bytes.fromhex(data), "server", deflate=Deflate())
        assert (payloads(items), rules(items)) == ([(1, b"Hello")], [])

    def test_the_window_is_shared_between_messages(self) -> None:
        data = bytes.fromhex("c107f248cdc9c90700 c105f200110000")
        assert payloads(read(data, "server", deflate=Deflate())) == [(1, b"Hello")] * 2
        assert rules(read(data, "server", deflate=Deflate(server_no_context_takeover=True))) == ["pmd.deflate.valid"]

    def test_a_message_after_a_final_block(self) -> None:
        data = bytes.fromhex("c108f348cdc9c9070000 c105f200110000")
        assert payloads(read(data, "server", deflate=Deflate())) == [(1, b"Hello")] * 2

    def test_a_compressed_message_of_no_bytes_leaves_the_window_alone(self) -> None:
        data = bytes.fromhex("c100 c107f248cdc9c90700 4100 8000 c105f200110000")
        assert payloads(read(data, "server", deflate=Deflate())) == [(1, b""), (1, b"Hello"), (1, b""), (1, b"Hello")]

    def test_plain_messages_may_stand_between(self) -> None:
        data = bytes.fromhex("c107f248cdc9c90700 8102 6869 c105f200110000")
        assert payloads(read(data, "server", deflate=Deflate())) == [(1, b"Hello"), (1, b"hi"), (1, b"Hello")]

    def test_a_ping_between_compressed_fragments_changes_nothing(self) -> None:
        data = bytes.fromhex("4103f248cd 8900 8004c9c90700")
        assert payloads(read(data, "server", deflate=Deflate())) == [(9, b""), (1, b"Hello")]

    @pytest.mark.parametrize(
        ("data", "rule"),
        [
            (client_frame(9, rsv1=True), "pmd.rsv1.control"),
            (client_frame(1, b"", fin=False) + client_frame(0, b"", rsv1=True), "pmd.rsv1.first"),
            (client_frame(1, b"\xff\xff\xff", rsv1=True), "pmd.deflate.valid"),
            (client_frame(1, squeeze(b"\xff"), rsv1=True), "msg.utf8"),
            (client_frame(1, squeeze(b"a" * 101), rsv1=True), "pmd.bomb"),
        ],
    )
    def test_what_can_be_wrong(self, data: bytes, rule: str) -> None:
        assert rules(read(data, deflate=Deflate(), limits=SMALL)) == [rule]

    def test_a_bomb_is_refused_while_it_inflates(self) -> None:
        bomb = write_frame(2, squeeze(bytes(50 * 2**20)), rsv1=True)
        assert rules(FrameReader("server", deflate=Deflate()).feed(bomb)) == ["pmd.bomb"]

    def test_many_final_blocks_cost_no_more_than_their_bytes(self) -> None:
        """Each block with BFINAL = 1 makes zlib start anew; that must not take the payload's square."""
        data = write_frame(2, b"\x03\x00" * 100_000, rsv1=True)
        assert len(read(data, "server", deflate=Deflate())) == 1


@pytest.mark.parametrize("opcode", [Opcode.TEXT, Opcode.BINARY])
def test_a_message_that_comes_byte_by_byte_fills_no_more_memory_than_it_is_long(opcode: Opcode) -> None:
    size = 50_000
    reader, data = FrameReader("server"), write_frame(opcode, b"x" * size)
    tracemalloc.start()
    try:
        for at in range(len(data) - 1):
            assert reader.feed(data[at : at + 1]) == []
        assert tracemalloc.get_traced_memory()[1] < 2 * size
    finally:
        tracemalloc.stop()
