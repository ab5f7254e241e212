"""What needs both sides, time or statistics: thresholds, and what must not be an alarm. The examples show each rule."""

from __future__ import annotations

import pytest

from app.protocol.conversation import Conversation
from app.protocol.deflate import MAX_RESTARTS
from app.protocol.events import Violation
from app.protocol.relations.compressed import inflate
from app.protocol.relations.heartbeat import PONG_SOON, PONG_WAIT
from app.protocol.relations.masks import predictable
from app.trace import Record
from tests.protocol import rule_steps as do
from tests.protocol.rule_steps import BYE, C_FIN, OPEN, PING, PONG, S_FIN, TEXT, C, S, Steps, after, cf, sf


def fired(steps: Steps, lost_before: int | None = None) -> list[str]:
    """The rules that fire, in order."""
    conversation, rules = Conversation(), []
    for number, record in enumerate(do.traces(steps)[0].records):
        if number == lost_before:
            conversation.feed(Record(record.at, "client", "wire", "gap", b""))
        events = conversation.feed(record)
        rules += [event.detail.rule for event in events if isinstance(event.detail, Violation)]
    return rules


def ping(answer: bytes | None, *, seconds: float = 0.001) -> Steps:
    """The server pings, the client answers so and so late, the server says something at last."""
    pong = [after(seconds, C(cf(PONG, answer)))] if answer is not None else []
    return [*OPEN, S(sf(PING, b"1")), *pong, after(0 if pong else seconds, do.st("Hello"))]


class TestHeartbeat:
    def test_limits_are_named_in_nanoseconds(self) -> None:
        assert (PONG_SOON, PONG_WAIT) == (10**9, 10 * 10**9)

    @pytest.mark.parametrize(
        ("seconds", "rules"), [(0.9, []), (1.1, ["ping.soon"]), (9.9, ["ping.soon"]), (10.1, ["ping.reply"])]
    )
    def test_a_pong_is_late_then_missing(self, seconds: float, rules: list[str]) -> None:
        assert fired(ping(b"1", seconds=seconds)) == rules

    def test_a_pong_with_other_bytes_is_told_once(self) -> None:
        assert fired([*ping(b"2"), after(20, do.st("later"))]) == ["pong.echo"]

    def test_the_newest_of_several_pings_stands_for_all(self) -> None:
        pings = [S(sf(PING, bytes([n]))) for n in range(3)]
        assert fired([*OPEN, *pings, C(cf(PONG, b"\x02")), after(20, do.st("later"))]) == []

    def test_who_has_received_a_close_owes_no_pong(self) -> None:
        steps = [*OPEN, S(sf(PING, b"1")), do.s_close(), after(0.1, do.c_close()), S_FIN, C_FIN]
        assert fired(steps) == []

    def test_nothing_is_missing_where_the_recording_has_a_hole(self) -> None:
        assert fired([*OPEN, S(sf(PING, b"1")), after(20, do.st("later"))], lost_before=3) == []

    @pytest.mark.parametrize("answered", [3_000, 2_999])
    def test_many_pings_before_the_first_pong(self, answered: int) -> None:
        payloads = [str(n).encode() for n in range(3_000)]
        pings = b"".join(sf(PING, payload) for payload in payloads)
        pongs = b"".join(cf(PONG, payload) for payload in payloads[:answered])
        rules = fired([*OPEN, S(pings), C(pongs), after(20, do.st("later"))])
        assert rules == ["ping.reply"] * (3_000 - answered)

    def test_the_same_payload_again_and_again(self) -> None:
        steps = [step for _ in range(9) for step in (S(sf(PING, b"1")), S(sf(PING, b"1")), C(cf(PONG, b"1")))]
        rules = fired([*OPEN, *steps, after(20, do.st("later"))])
        assert [rule for rule in rules if not rule.startswith("frm.mask")] == []


class TestMasks:
    @pytest.mark.parametrize(
        ("keys", "found"),
        [
            ([bytes([n, 0, 0, 1]) for n in range(8)], True),
            ([bytes([1, 0, 0, n]) for n in range(8)], True),
            ([b"abcd", b"efgh"] * 4, True),
            ([b"abcd"] * 8, False),
            ([do.key(TEXT, bytes([n])) for n in range(8)], False),
        ],
    )
    def test_what_is_predictable(self, keys: list[bytes], found: bool) -> None:
        assert (predictable(keys) is not None) == found

    def test_each_is_told_once_a_connection(self) -> None:
        same = [do.ct(str(n), mask=b"\x37\xfa\x21\x3d") for n in range(9)]
        assert fired([*OPEN, *same, *BYE]) == ["frm.mask.entropy", "frm.mask.fresh"]

    def test_a_readable_text_is_no_forgotten_key(self) -> None:
        steps = [do.ct("A text like any other, number " + str(n), turn=n) for n in range(200)]
        assert fired([*OPEN, *steps, *BYE]) == []

    def test_compressed_text_is_no_forgotten_key(self) -> None:
        """By chance a key of letters, and a payload that it turns into letters."""
        for rsv1, told in ((0x40, False), (0, True)):
            frame = bytes([0x81 | rsv1, 0x88]) + b"hmOt" + b'"FMtabcd'
            assert ("frm.mask.bit" in fired([*do.PMD_OPEN, C(frame)])) == told


class TestEnding:
    def test_a_browser_that_waits_for_the_server(self) -> None:
        assert fired([*OPEN, do.c_close(), do.s_close(), S_FIN, C_FIN]) == []

    def test_crossing_closes(self) -> None:
        assert fired([*OPEN, do.c_close(), do.s_close(1001), S_FIN, C_FIN]) == []

    def test_the_second_to_end_tcp_is_not_blamed(self) -> None:
        assert fired([*OPEN, S_FIN, C_FIN]) == ["cls.start"]

    def test_a_client_that_goes_away_has_not_been_refused(self) -> None:
        assert fired([C(do.request()), C_FIN, S_FIN]) == []

    def test_after_a_frame_that_was_cut_nothing_else_is_missing(self) -> None:
        assert fired([*OPEN, do.s_close(), C(cf(TEXT, b"Hello")[:8]), C_FIN, S_FIN]) == ["frm.truncated"]


class TestAnswer:
    def test_closing_after_a_bad_answer_is_failing_it(self) -> None:
        bad = do.without("Upgrade", do.answer())
        assert fired([C(do.request()), S(bad), do.c_close(1002), do.s_close(1002), S_FIN, C_FIN]) == ["res.upgrade"]

    def test_a_second_request_on_a_refused_connection_is_no_frame(self) -> None:
        assert fired([C(do.request()), S(do.refusal(401, ("WWW-Authenticate", "Basic"))), C(do.request())]) == []

    def test_an_interim_answer_is_none(self) -> None:
        assert fired([C(do.request()), S(b"HTTP/1.1 103 Early Hints\r\n\r\n"), S(do.answer()), *BYE]) == []


class TestCompressed:
    def test_an_empty_compressed_message(self) -> None:
        assert fired([*do.PMD_OPEN, C(cf(TEXT, b"", rsv1=True)), *BYE]) == []

    def test_a_block_that_is_cut_off_inflates_and_is_told(self) -> None:
        assert fired([*do.PMD_OPEN, C(cf(TEXT, bytes.fromhex("f248"), rsv1=True))]) == ["pmd.deflate.valid"]

    @pytest.mark.parametrize("data", ["f248cdc9c90700", "000500faff48656c6c6f00", "f348cdc9c9070000"])
    def test_the_ways_to_write_hello(self, data: str) -> None:
        """RFC 7692 section 7.2.3."""
        assert fired([*do.PMD_OPEN, C(cf(TEXT, bytes.fromhex(data), rsv1=True)), *BYE]) == []

    def test_final_blocks_without_end_are_not_followed(self) -> None:
        assert inflate(b"\x03\x00" * 9, b"", 1000).state == "good"
        assert inflate(b"\x03\x00" * (MAX_RESTARTS + 9), b"", 1000).state == "big"

    def test_fragments_may_split_a_block(self) -> None:
        first, rest = cf(TEXT, bytes.fromhex("f248cd"), rsv1=True, fin=False), cf(do.CONT, bytes.fromhex("c9c90700"))
        assert fired([*do.PMD_OPEN, C(first), C(rest), *BYE]) == []


class TestTls:
    def test_no_name_is_due_for_an_address(self) -> None:
        from tests.protocol.recipes_heads import SERVER_HELLO, hello

        tls = [C(hello(), layer="tls"), S(SERVER_HELLO, layer="tls")]
        assert fired([*tls, C(do.request(host="127.0.0.1:8443")), S(do.answer()), *BYE]) == []

    def test_an_alert_answers_a_request_in_the_clear(self) -> None:
        assert fired([C(do.request()), S(b"\x15\x03\x01\x00\x02\x02\x46"), S_FIN, C_FIN]) == ["tls.first"]
