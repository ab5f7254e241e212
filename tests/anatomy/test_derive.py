"""How values come about: XOR, the accept key, lengths, close codes, and what was required."""

import pytest

from app.anatomy.derive import (
    AcceptKey,
    Choice,
    CloseCode,
    Derivation,
    Length,
    Nonce,
    Plain,
    Text,
    Xor,
    derive_frame,
    derive_head,
    sent_required,
)
from app.anatomy.field import Space
from app.anatomy.frame import frame_spaces
from app.anatomy.http import request_space
from app.protocol.events import Violation
from app.protocol.fault import Fault
from app.protocol.frames import apply_mask, read_header, write_frame
from app.protocol.handshake import GUID, parse_request
from tests.samples import ACCEPT, KEY, MASK, REQUEST, client_frame


def derived(data: bytes) -> dict[str, tuple[Derivation, ...]]:
    header = read_header(data)
    assert header is not None
    payload = data[header.size :]
    plain = apply_mask(payload, header.key) if header.key else payload
    return derive_frame(frame_spaces(data, header, "client", 0)[0], header, plain)


class TestFrame:
    def test_unmasking(self) -> None:
        """RFC 6455 5.3: the example, column by column."""
        assert derived(client_frame(1, b"Hello"))["payload"] == (
            Xor(bytes.fromhex("7f9f4d5158"), MASK, b"Hello", 6),
            Text(b"Hello", 6),
        )

    def test_the_key_turns_with_the_offset(self) -> None:
        """The reason of a Close frame begins at byte 2 of the payload, so with byte 2 of the key."""
        step, text = derived(client_frame(8, b"\x03\xe8bye"))["close.reason"]
        assert text == Text(b"bye", 8, 2)
        assert isinstance(step, Xor)
        assert (step.first, step.offset, step.key) == (8, 2, MASK[2:] + MASK[:2])
        assert bytes(a ^ b for a, b in zip(step.wire, step.key, strict=False)) == step.plain == b"bye"

    def test_nothing_to_undo(self) -> None:
        assert derived(write_frame(1, b"H"))["payload"] == (
            Plain("Nothing to undo: 1 byte, read as they are."),
            Text(b"H", 2),
        )

    @pytest.mark.parametrize(
        ("size", "name", "step"),
        [
            (5, "len7", Length(5, 7, b"", 5)),
            (256, "len7", Length(126, 16, b"\1\0", 256)),
            (256, "len16", Length(126, 16, b"\1\0", 256)),
            (65536, "len64", Length(127, 64, bytes.fromhex("0000000000010000"), 65536)),
        ],
    )
    def test_lengths(self, size: int, name: str, step: Length) -> None:
        """RFC 6455 5.2."""
        assert derived(write_frame(2, bytes(size)))[name] == (step,)

    def test_close_codes(self) -> None:
        """RFC 6455 5.5.1: two bytes, most significant first."""
        steps = derived(client_frame(8, b"\x03\xe8"))["close.code"]
        assert steps[1] == CloseCode(3, 0xE8, 1000, "normal closure")

    def test_the_opcode_is_one_of_six(self) -> None:
        (step,) = derived(write_frame(9))["opcode"]
        assert isinstance(step, Choice)
        assert step.chosen == 9
        assert [number for number, _, _ in step.options] == [0, 1, 2, 8, 9, 10]


class TestHead:
    """RFC 6455 1.3 and 4.2.2."""

    SPACE = request_space(parse_request(REQUEST))

    def test_the_key_leads_to_the_answer(self) -> None:
        nonce, accept = derive_head(self.SPACE, KEY.encode(), None)["req.key"]
        assert nonce == Nonce(KEY, b"the sample nonce")
        assert isinstance(accept, AcceptKey)
        assert (accept.guid, accept.sha1.hex()) == (GUID.decode(), "b37a4f2cc0624f1690f64606cf385945b2bec4ea")
        assert (accept.accept, accept.sent) == (ACCEPT, None)

    @pytest.mark.parametrize("key", [b"not base64!", b"\xff", b"x"])
    def test_a_key_that_is_none_is_hashed_all_the_same(self, key: bytes) -> None:
        (accept,) = derive_head(self.SPACE, key, None)["req.key"]
        assert isinstance(accept, AcceptKey)

    def test_every_field_has_a_sentence(self) -> None:
        steps = derive_head(self.SPACE, None, None)
        names = {field.name for top in self.SPACE.fields for field in top.walk()}
        assert names == steps.keys()
        assert all(isinstance(step, Plain) for each in steps.values() for step in each)


class TestSentRequired:
    @pytest.mark.parametrize(
        ("fault", "sent"),
        [
            (Fault("frm.rsv", 801, 1), "0"),
            (Fault("frm.opcode", 804, 4), "0011"),
            (Fault("frm.len.minimal", 816, 16), "0000000000000101"),
            (Fault("msg.utf8", 800, 24), "83 7e 00"),
        ],
    )
    def test_the_bits_that_were_sent(self, fault: Fault, sent: str) -> None:
        space = Space("wire", bytes.fromhex("837e0005"), (), base=100)
        assert sent_required(Violation.of(fault, 0), space).sent == sent

    def test_bits_that_are_not_there(self) -> None:
        assert sent_required(Violation.of(Fault("cls.reply", 900, 0), 0), Space("wire", b"", ())).sent == ""
