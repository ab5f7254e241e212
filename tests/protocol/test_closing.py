"""Close codes and the body of a Close frame."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.frame_protocol import CloseReason

from app.protocol import closing
from app.protocol.fault import Fault


class TestCodes:
    """RFC 6455 7.4: which numbers may travel. 1012 to 1014 were registered later."""

    @pytest.mark.parametrize(
        ("codes", "rule"),
        [
            ((0, 1, 999, 5000, 65535), "cls.code.unused"),
            ((1005, 1006, 1015), "cls.code.local-only"),
            ((1004, 1016, 1100, 2000, 2999), "cls.code.unassigned"),
            ((*range(1000, 1004), *range(1007, 1015), 3000, 3999, 4000, 4999), None),
        ],
    )
    def test_rules(self, codes: tuple[int, ...], rule: str | None) -> None:
        assert {closing.code_rule(code) for code in codes} == {rule}

    def test_wsproto_knows_the_same_codes(self) -> None:
        assert {int(code) for code in CloseReason} <= closing.CLOSE_CODES.keys()

    @pytest.mark.parametrize(
        ("code", "name"),
        [
            (1000, "normal closure"),
            (1006, "abnormal closure"),
            (3000, "registered by a library"),
            (4000, "private use"),
            (2000, "unassigned"),
            (0, "not in use"),
            (5000, "not in use"),
        ],
    )
    def test_names(self, code: int, name: str) -> None:
        assert closing.code_name(code) == name


class TestBody:
    """RFC 6455 5.5.1: empty, or two bytes of code and a reason in UTF-8."""

    @pytest.mark.parametrize(
        ("payload", "parts"),
        [(b"", (None, b"")), (b"\x03", (None, b"")), (b"\x03\xe8", (1000, b"")), (b"\x03\xe9bye", (1001, b"bye"))],
    )
    def test_split(self, payload: bytes, parts: tuple[int | None, bytes]) -> None:
        assert closing.split(payload) == parts

    @pytest.mark.parametrize("payload", [b"", b"\x03\xe8", b"\x03\xe8" + "κ".encode(), b"\x0f\xa0" + b"x" * 123])
    def test_fine(self, payload: bytes) -> None:
        assert closing.judge(payload, 0) == []

    @pytest.mark.parametrize(
        ("payload", "rule", "start", "size"),
        [
            (b"\x03", "cls.body.code", 10, 1),
            (b"\x03\xed", "cls.code.local-only", 10, 2),
            (b"\x03\xe8a\xff", "cls.body.reason", 13, 1),
            (b"\x03\xe8a\xce", "cls.body.reason", 13, 1),
            (b"\x03\xe8\xed\xa0\x80", "cls.body.reason", 12, 2),
        ],
    )
    def test_the_exact_bytes(self, payload: bytes, rule: str, start: int, size: int) -> None:
        (fault,) = closing.judge(payload, 10)
        assert (fault.rule, fault.start, fault.bits) == (rule, start * 8, size * 8)

    def test_code_and_reason_can_both_be_wrong(self) -> None:
        assert [fault.rule for fault in closing.judge(b"\0\0\xff", 0)] == ["cls.code.unused", "cls.body.reason"]

    @given(st.binary(max_size=125))
    def test_faults_lie_in_the_body(self, payload: bytes) -> None:
        for fault in closing.judge(payload, 0):
            assert isinstance(fault, Fault)
            assert 0 <= fault.start < fault.start + fault.bits <= len(payload) * 8
