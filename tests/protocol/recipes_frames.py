"""Examples about frames, messages, Ping and Pong."""

from __future__ import annotations

from app.protocol.frames import apply_mask, write_header
from tests.protocol.rule_steps import (
    BINARY,
    BYE,
    C_FIN,
    CLOSE,
    CONT,
    OPEN,
    PING,
    PONG,
    S_FIN,
    TEXT,
    C,
    S,
    Steps,
    after,
    answer,
    bits,
    c_close,
    cf,
    ct,
    fails,
    key,
    long_form,
    on,
    opened,
    request,
    s_close,
    sf,
    st,
)

CUT = [S_FIN]
"""The server hangs up last, without a word more."""


def bad(*steps: object, code: int = 1002) -> Steps:
    """A client's fault, and a server that fails the connection."""
    return [*OPEN, *steps, *fails(code)]  # type: ignore[list-item]


def served(*steps: object, code: int = 1002) -> Steps:
    """A server's fault, and a client that fails the connection."""
    return [*OPEN, *steps, *fails(code, by="client")]  # type: ignore[list-item]


def talk(*steps: object) -> Steps:
    """A conversation without a fault."""
    return [*OPEN, *steps, *BYE]  # type: ignore[list-item]


HELLO = cf(TEXT, b"Hello")
# A text of 200 bytes whose length is written with the least significant byte first.
_TEXT = b"little endian " * 14 + b"here"
SWAPPED = write_header(TEXT, len(_TEXT), key=key(TEXT, _TEXT)).replace(b"\x00\xc8", b"\xc8\x00") + apply_mask(
    _TEXT, key(TEXT, _TEXT)
)
# MASK is set and the key forgotten: the first four bytes of the text are read as the key, and the text goes on into
# the Close frame that follows it.
KEYLESS = b"\x81\x8cHello, world"
KEYLESS_CLOSE = b"\x88\x82\x03\xe8"


def counted(n: int) -> Steps:
    """The client sends texts whose keys count up."""
    return [ct(f"number {i}", mask=(0x1000 + 7 * i).to_bytes(4, "big")) for i in range(n)]


RECIPES: dict[str, Steps] = {
    # The frame header
    "frm.rsv": bad(C(bits(HELLO, 0xA1))),
    "frm.opcode": bad(C(bits(HELLO, 0x83))),
    "frm.fin-single": talk(ct("Hello"), st("Hello")),
    "frm.mask.client": bad(C(sf(TEXT, b"Hello"))),
    "frm.mask.server": served(S(cf(TEXT, b"Hello"))),
    "frm.mask.bit": [*OPEN, C(KEYLESS), C(KEYLESS_CLOSE)],
    "frm.mask.fresh": talk(ct("one", mask=b"\x5a\x1b\xc3\xd4"), ct("two", mask=b"\x5a\x1b\xc3\xd4")),
    "frm.mask.entropy": talk(*counted(8)),
    "frm.unmask": talk(ct("Hello"), st("Hello")),
    "frm.len.minimal": bad(C(long_form(TEXT, b"Hello", 16))),
    "frm.len.msb": bad(C(b"\x82\xff\x80\x00\x00\x00\x00\x00\x00\x05", b"\x11\x22\x33\x44hello")),
    "frm.len.order": [*OPEN, C(SWAPPED), C_FIN, S_FIN],
    "frm.truncated": [*OPEN, C(HELLO[:9]), C_FIN, S_FIN],
    "frm.limits": [*OPEN, C(write_header(BINARY, 2**24 + 1, key=b"\x11\x22\x33\x44")), s_close(1009), S_FIN, C_FIN],
    "frm.parse": bad(C(request(target="/again"))),
    # Messages
    "msg.start": bad(C(cf(CONT, b"lo"))),
    "msg.no-interleave": bad(C(cf(TEXT, b"Hel", fin=False)), ct("oops"), code=1002),
    "msg.type": talk(C(cf(BINARY, b"Hel", fin=False)), C(cf(CONT, b"lo"))),
    "msg.any-size": talk(C(cf(TEXT, b"", fin=False)), C(cf(CONT, b"Hello", fin=False)), C(cf(CONT))),
    "msg.receive-both": [*OPEN, C(cf(TEXT, b"Hel", fin=False)), *fails(1002)],
    "msg.control-between": [
        *OPEN,
        C(cf(TEXT, b"Hel", fin=False)),
        C(cf(PING, b"there?")),
        C(cf(CONT, b"lo")),
        after(11, ct("still there?")),
        *BYE,
    ],
    "msg.utf8": bad(C(cf(TEXT, b"caf\xe9!")), code=1007),
    "msg.intermediary.control": [
        *on("front", OPEN),
        *on("back", OPEN),
        *on("front", [C(cf(PING, b"1"))]),
        *on("back", [C(cf(PING, b"1", turn=1)), S(sf(PONG, b"1"))]),
        *on("front", [S(sf(PONG, b"1")), *BYE]),
        *on("back", BYE),
    ],
    "msg.intermediary.rsv": [
        *on("front", OPEN),
        *on("back", OPEN),
        *on("front", [C(cf(TEXT, b"Hel", fin=False)), C(cf(CONT, b"lo"))]),
        *on("back", [C(cf(TEXT, b"Hello", turn=1))]),
        *on("front", BYE),
        *on("back", BYE),
    ],
    "msg.intermediary.ext": [
        *on("front", opened("bbf-usp-protocol")),
        *on("back", opened("bbf-usp-protocol")),
        *on("front", [C(cf(TEXT, b"Hel", fin=False)), C(cf(CONT, b"lo"))]),
        *on("back", [C(cf(TEXT, b"Hel", fin=False, turn=1)), C(cf(CONT, b"lo", turn=1))]),
        *on("front", BYE),
        *on("back", BYE),
    ],
    "msg.type-noted": talk(C(cf(BINARY, b"\xff", fin=False)), C(cf(CONT, b"\xfe")), ct("Hello")),
    "msg.send.open": [
        C(request()),
        C(HELLO),
        S(answer()),
        *BYE,
    ],
    "msg.send.frame": [*OPEN, C(cf(TEXT, b"Hel", fin=False)), C_FIN, S_FIN],
    "msg.delay": talk(C(HELLO, cf(TEXT, b"again"), cf(PING)), S(sf(PONG))),
    "msg.type-accept": [*OPEN, C(cf(BINARY, b"\x00\x01")), *fails(1003)],
    # Ping and Pong
    "ctl.len": bad(C(cf(PING, bytes(126)))),
    "ctl.fin": bad(C(cf(PING, b"Hello", fin=False))),
    "ctl.handle": talk(C(cf(PING, b"Hello")), S(sf(PONG, b"Hello"))),
    "ping.any-time": talk(S(sf(PING, b"?")), C(cf(PONG, b"?")), C(cf(PING, bytes(125))), S(sf(PONG, bytes(125)))),
    "ping.reply": [*OPEN, S(sf(PING, b"there?")), after(11, st("nobody?")), *BYE],
    "ping.soon": talk(S(sf(PING, b"there?")), after(3, C(cf(PONG, b"there?")))),
    "pong.echo": talk(S(sf(PING, b"there?")), C(cf(PONG, b"here!"))),
    "pong.latest-only": talk(S(sf(PING, b"1")), S(sf(PING, b"2")), C(cf(PONG, b"2"))),
    "pong.unsolicited": talk(C(cf(PONG, b"still here"))),
    # The closing handshake
    "cls.body.code": [*OPEN, C(cf(CLOSE, b"\x03")), s_close(1002), S_FIN, C_FIN],
    "cls.body.reason": [*OPEN, C(cf(CLOSE, b"\x03\xe8caf\xe9!")), s_close(1007), S_FIN, C_FIN],
    "cls.code.local-only": [*OPEN, c_close(1006), s_close(1002), S_FIN, C_FIN],
    "cls.code.unused": [*OPEN, c_close(999), s_close(1002), S_FIN, C_FIN],
    "cls.code.unassigned": [*OPEN, c_close(1016), s_close(1002), S_FIN, C_FIN],
    "cls.code.use": [*OPEN, s_close(1001, "maintenance"), c_close(1001), S_FIN, C_FIN],
    "cls.code.1010": [*OPEN, s_close(1010), c_close(1010), S_FIN, C_FIN],
    "cls.no-data-after": [*OPEN, c_close(), ct("one more"), s_close(), S_FIN, C_FIN],
    "cls.reply": [*OPEN, c_close(), S_FIN, C_FIN],
    "cls.reply.soon": [*OPEN, c_close(), after(4, s_close()), S_FIN, C_FIN],
    "cls.tcp": [*OPEN, c_close(), s_close(), after(6, S_FIN), C_FIN],
    "cls.tcp.clean": [*OPEN, c_close(), s_close(), S_FIN, C_FIN._replace(kind="rst")],
    "cls.tcp.any": [*OPEN, ct("Hello"), S_FIN._replace(kind="rst")],
    "cls.tcp.server-first": [*OPEN, c_close(), s_close(), C_FIN, S_FIN],
    "cls.start": [*OPEN, ct("Hello"), S_FIN, C_FIN],
    "cls.code.derived": [*OPEN, c_close(None), s_close(None), S_FIN, C_FIN],
    "cls.once": [*OPEN, c_close(), C(cf(CLOSE, b"\x03\xe9")), s_close(), S_FIN, C_FIN],
    "cls.fail": [*OPEN, C(cf(BINARY, b"\x00")), *fails(1008)],
    "cls.fail.code": [*OPEN, C(bits(HELLO, 0x83)), S_FIN, C_FIN],
    "cls.fail.omit": [*OPEN, c_close(999), S_FIN, C_FIN],
    "cls.fail.stop": [*OPEN, s_close(1002), C(cf(PING, b"?")), S(sf(PONG, b"?")), c_close(1002), S_FIN, C_FIN],
    "cls.lost": [*OPEN, ct("Hello"), S_FIN._replace(kind="rst")],
    "cls.server-any-time": [*OPEN, s_close(1001), c_close(1001), S_FIN, C_FIN],
}
