"""The lens for a whole message."""

import pytest

from app.anatomy.message import message_space
from app.protocol.events import Message


class TestMessage:
    """RFC 6455 5.6."""

    @pytest.mark.parametrize(
        ("opcode", "payload", "name", "value"),
        [(1, "κόσμε".encode(), "text", "“κόσμε”"), (2, b"\0\1", "payload", "2 bytes")],
    )
    def test_is_one_field(self, opcode: int, payload: bytes, name: str, value: str) -> None:
        space = message_space(Message(opcode, payload, (1,), False))
        (field,) = space.fields
        assert (field.name, field.value, field.start, field.bits) == (name, value, 0, len(payload) * 8)

    def test_no_byte_of_it_is_a_byte_of_the_wire(self) -> None:
        origin = message_space(Message(1, b"Hello", (1, 2), True)).origin
        assert origin is not None
        assert not origin.aligned

    def test_an_empty_one_has_no_fields(self) -> None:
        assert message_space(Message(1, b"", (1,), False)).fields == ()
