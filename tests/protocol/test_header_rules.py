"""RFC 6455 section 5.2: what the first two bytes and the length break."""

import pytest

from app.protocol.header_rules import Standing, judge_length, judge_start, looks_like_http

CLIENT = Standing(masked=True, deflate=False, closed=False, in_message=False)
SERVER = CLIENT._replace(masked=False)


@pytest.mark.parametrize(
    ("first", "second", "standing", "rules"),
    [
        (0x81, 0x85, CLIENT, []),
        (0x81, 0x05, SERVER, []),
        (0x81, 0x05, CLIENT, ["frm.mask.client"]),
        (0x81, 0x85, SERVER, ["frm.mask.server"]),
        (0xF1, 0x85, CLIENT, ["frm.rsv", "frm.rsv", "frm.rsv"]),
        (0xC1, 0x85, CLIENT._replace(deflate=True), []),
        (0xC9, 0x85, CLIENT._replace(deflate=True), ["pmd.rsv1.control"]),
        (0xC0, 0x85, CLIENT._replace(deflate=True, in_message=True), ["pmd.rsv1.first"]),
        (0x83, 0x85, CLIENT, ["frm.opcode"]),
        (0x09, 0xFE, CLIENT, ["ctl.fin", "ctl.len"]),
        (0x80, 0x85, CLIENT, ["msg.start"]),
        (0x82, 0x85, CLIENT._replace(in_message=True), ["msg.no-interleave"]),
        (0x81, 0x85, CLIENT._replace(closed=True), ["cls.no-data-after"]),
        (0x88, 0x85, CLIENT._replace(closed=True), ["cls.once"]),
        (0x89, 0x85, CLIENT._replace(closed=True), []),
    ],
)
def test_the_first_two_bytes(first: int, second: int, standing: Standing, rules: list[str]) -> None:
    assert [fault.rule for fault in judge_start(first, second, 80, standing)] == rules


@pytest.mark.parametrize(
    ("head", "length", "place", "rule"),
    [
        ("8105", 5, (89, 7), None),
        ("817e007e", 126, (96, 16), None),
        ("817e007d", 125, (96, 16), "frm.len.minimal"),
        ("817f0000000000010000", 65536, (96, 64), None),
        ("817f000000000000ffff", 65535, (96, 64), "frm.len.minimal"),
        ("817f8000000000000000", 1 << 63, (96, 64), "frm.len.msb"),
    ],
)
def test_the_length(head: str, length: int, place: tuple[int, int], rule: str | None) -> None:
    found, where, faults = judge_length(bytes.fromhex(head), 80)
    assert (found, where, [fault.rule for fault in faults]) == (length, place, [rule] if rule else [])


@pytest.mark.parametrize(("text", "answer"), [(b"GET /", "yes"), (b"HTT", "maybe"), (b"HTTX", "no"), (b"\x81", "no")])
def test_http_where_a_frame_must_start(text: bytes, answer: str) -> None:
    assert looks_like_http(text) == answer
