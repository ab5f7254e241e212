"""Base64 as bits."""

from __future__ import annotations

from base64 import b64encode

from hypothesis import given
from hypothesis import strategies as st

from app.anatomy.regroup import groups


@given(st.binary(max_size=40))
def test_the_characters_are_those_of_base64(data: bytes) -> None:
    assert "".join(six.char for group in groups(data) for six in group.sextets) == b64encode(data).decode()


def test_added_bits_are_told_apart() -> None:
    (group,) = groups(b"\xff")
    assert group.octets == ("11111111",)
    assert [(six.bits, six.filled) for six in group.sextets[:2]] == [("111111", 0), ("110000", 4)]
    assert [six.char for six in group.sextets] == ["/", "w", "=", "="]
