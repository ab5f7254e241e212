"""How the value of a field is worked out, as data that templates and terminals draw."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from dataclasses import dataclass
from hashlib import sha1

from app.anatomy.field import Field, Space
from app.anatomy.names import label
from app.anatomy.pieces import Pieces
from app.protocol import closing
from app.protocol.events import Violation
from app.protocol.frames import Header, Opcode
from app.protocol.handshake import GUID, accept_key


@dataclass(frozen=True, slots=True)
class Xor:
    """Unmasking: wire, key and plain bytes column by column. `first` is the frame's byte under column 0, `offset` the
    payload byte there (its key byte is offset mod 4)."""

    wire: bytes
    key: bytes
    plain: bytes
    first: int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """Bytes that are read as UTF-8. `first` is the frame's byte under the first, `offset` the payload byte there;
    `begun` and `ended` say whether a character can be split with the fragment before or after."""

    data: bytes
    first: int
    offset: int = 0
    begun: bool = True
    ended: bool = True


@dataclass(frozen=True, slots=True)
class AcceptKey:
    """Sec-WebSocket-Accept from the key: joined, hashed, encoded. `sent` is what the response says, if it has come."""

    key: str
    guid: str
    sha1: bytes
    accept: str
    sent: str | None


@dataclass(frozen=True, slots=True)
class Nonce:
    """The bytes behind a Sec-WebSocket-Key."""

    key: str
    decoded: bytes


@dataclass(frozen=True, slots=True)
class Length:
    """How the payload length is written: the seven bits, the form they choose, and the extended bytes."""

    marker: int
    form: int
    extended: bytes
    value: int


@dataclass(frozen=True, slots=True)
class CloseCode:
    """Two bytes, most significant first, and what the number means."""

    high: int
    low: int
    value: int
    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a fixed set: (number, name, meaning) of each, and the number that was chosen."""

    options: tuple[tuple[int, str, str], ...]
    chosen: int


@dataclass(frozen=True, slots=True)
class Plain:
    """A sentence, where there is nothing to work out."""

    text: str


@dataclass(frozen=True, slots=True)
class SentRequired:
    """A broken rule: what was sent, what the rule asks for, and what follows. `note` is what was found."""

    violation: Violation
    sent: str
    required: str
    note: str


Derivation = Xor | Text | AcceptKey | Nonce | Length | CloseCode | Choice | Plain | SentRequired | Pieces

_CHOICES = tuple(
    (int(opcode), opcode.name.lower(), text)
    for opcode, text in (
        (Opcode.CONT, "continues the fragment before"),
        (Opcode.TEXT, "UTF-8 text"),
        (Opcode.BINARY, "raw bytes"),
        (Opcode.CLOSE, "starts the goodbye"),
        (Opcode.PING, "are you there?"),
        (Opcode.PONG, "yes, still here"),
    )
)

KEY_TEXT = (
    "Drawn at random, and different in every frame. A script in the page cannot predict these four bytes, so it cannot"
    " choose what appears on the wire. That keeps old proxies from taking a message for a request."
)
MASKED = "1: the four bytes after the length are the masking key."
UNMASKED = "0: there is no key, and the payload follows the length directly."


def derive_frame(wire: Space, header: Header, plain: bytes) -> dict[str, tuple[Derivation, ...]]:
    """The derivations of a frame, by field name."""
    found: dict[str, tuple[Derivation, ...]] = {
        "opcode": (Choice(_CHOICES, header.opcode),),
        "mask": (Plain(MASKED if header.masked else UNMASKED),),
        "len7": (_length(wire, header),),
    }
    if header.form != 7:
        found[f"len{header.form}"] = found["len7"]
    if header.key is not None:
        found["key"] = (Plain(KEY_TEXT),)
    for field in wire.fields:
        if field.start >= header.size * 8 and field.name != "gap":
            found[field.name] = _payload(wire, header, plain, field)
    for field in wire.fields:
        found.setdefault(field.name, (Plain(field.meaning + "."),))
    return found


def _length(wire: Space, header: Header) -> Length:
    marker = wire.data[1] & 0x7F
    return Length(marker, header.form, wire.data[2 : 2 + header.form // 8] if header.form != 7 else b"", header.length)


def _payload(wire: Space, header: Header, plain: bytes, field: Field) -> tuple[Derivation, ...]:
    first = field.first_byte
    offset = first - header.size
    said = plain[offset : offset + field.bits // 8]
    steps: list[Derivation] = []
    if header.key is not None:
        turn = offset % 4
        key = header.key[turn:] + header.key[:turn]
        steps.append(Xor(wire.data[first : first + len(said)], key, said, first, offset))
    if field.name == "close.code" and len(said) == 2:
        code = int.from_bytes(said, "big")
        steps.append(CloseCode(said[0], said[1], code, closing.code_name(code)))
    if not steps:
        count = len(said)
        steps.append(Plain(f"Nothing to undo: {count} byte{'' if count == 1 else 's'}, read as they are."))
    if said and _reads_as_text(header, field):
        begun, ended = header.opcode != Opcode.CONT, bool(header.fin)
        steps.append(Text(said, first, offset, begun, ended))
    return tuple(steps)


def _reads_as_text(header: Header, field: Field) -> bool:
    """A reason always, a payload unless it is binary, compressed, or of a control frame."""
    if field.name == "close.reason":
        return True
    return field.name == "payload" and header.opcode in (Opcode.TEXT, Opcode.CONT) and not header.rsv1


def derive_head(space: Space, key: bytes | None, sent: bytes | None) -> dict[str, tuple[Derivation, ...]]:
    """The derivations of a head. `key` is the request's Sec-WebSocket-Key, `sent` the response's Accept."""
    found: dict[str, tuple[Derivation, ...]] = {}
    for top in space.fields:
        for field in top.walk():
            found.setdefault(field.name, (Plain(f"{label(field.name)}. {field.meaning}."),))
    if key is not None:
        accept = _accept(key, sent)
        for name in ("req.key", "res.accept"):
            if name in found:
                found[name] = found[f"{name}.value"] = (*_nonce(name, key), accept)
    return found


def _nonce(name: str, key: bytes) -> tuple[Nonce, ...]:
    if name != "req.key":
        return ()
    try:
        return (Nonce(key.decode("ascii"), b64decode(key, validate=True)),)
    except (Error, UnicodeDecodeError, ValueError):
        return ()


def _accept(key: bytes, sent: bytes | None) -> AcceptKey:
    return AcceptKey(
        key.decode("ascii", "backslashreplace"),
        GUID.decode(),
        sha1(key + GUID).digest(),
        accept_key(key).decode(),
        None if sent is None else sent.decode("ascii", "backslashreplace"),
    )


def sent_required(violation: Violation, space: Space) -> SentRequired:
    """A violation beside the bits it points at; `violation.start` counts in the stream, the space in itself."""
    start = max(violation.start - space.base * 8, 0)
    if violation.bits <= 16:
        sent = "".join(
            str(space.data[bit // 8] >> (7 - bit % 8) & 1)
            for bit in range(start, min(start + violation.bits, len(space.data) * 8))
        )
    else:
        sent = space.data[start // 8 : (start + violation.bits + 7) // 8][:16].hex(" ")
    return SentRequired(violation, sent, violation.must, violation.text)
