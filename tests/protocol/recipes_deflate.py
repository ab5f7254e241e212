"""Examples about compressed messages."""

from __future__ import annotations

from tests.protocol.rule_steps import (
    BINARY,
    BYE,
    CONT,
    PING,
    PMD,
    PMD_OPEN,
    PONG,
    TEXT,
    C,
    Deflate,
    S,
    Steps,
    cf,
    ct,
    fails,
    opened,
    sf,
    squeezed,
    st,
    zeros,
)

HELLO = squeezed(b"Hello")
AGAIN = Deflate().block(1).literals(b"He").copy3(4, 0, 1).end().flushed()
"""Two letters, then three bytes from five back: only right behind a "Hello"."""
FAR = Deflate().stored(bytes(range(256)) * 8).block(1).copy3(20, 0, 9).end().flushed()
"""2048 bytes, then a copy from 1025 back, where 1024 is the most."""
FORGETFUL = f"{PMD}; client_no_context_takeover; server_no_context_takeover"
SMALL = f"{PMD}; client_max_window_bits=10; server_max_window_bits=10"


def packed(opcode: int, payload: bytes, **more: bool) -> bytes:
    """A compressed frame of the client."""
    return cf(opcode, payload, rsv1=opcode != CONT, **more)


def bad(*data: bytes, code: int = 1007, agreed: Steps = PMD_OPEN) -> Steps:
    """The client sends that, and the server fails the connection."""
    return [*agreed, *(C(each) for each in data), *fails(code)]


def served(*data: bytes, agreed: Steps = PMD_OPEN) -> Steps:
    """The server sends that, and the client fails the connection."""
    return [*agreed, *(S(each) for each in data), *fails(1002, by="client")]


def talk(*data: bytes, agreed: Steps = PMD_OPEN) -> Steps:
    """The client sends that, and nothing is wrong with it."""
    return [*agreed, *(C(each) for each in data), *BYE]


TEXT_HELLO = packed(TEXT, HELLO)

RECIPES: dict[str, Steps] = {
    "pmd.rsv1.first": bad(packed(TEXT, HELLO[:3], fin=False), cf(CONT, HELLO[3:], rsv1=True), code=1002),
    "pmd.rsv1.control": bad(cf(PING, b"Hello", rsv1=True), code=1002),
    "pmd.send.algo": talk(TEXT_HELLO),
    "pmd.recv.algo": talk(packed(TEXT, HELLO[:3], fin=False), cf(CONT, HELLO[3:])),
    "pmd.per-message": [*PMD_OPEN, C(TEXT_HELLO), ct("Hello"), S(sf(TEXT, HELLO, rsv1=True)), st("Hello"), *BYE],
    "pmd.utf8-after": bad(packed(TEXT, Deflate().stored(b"caf\xe9!").flushed())),
    "pmd.deflate.valid": bad(packed(TEXT, b"\x07\x00")),
    "pmd.tail": talk(packed(TEXT, Deflate().block(1).literals(b"Hello").end().flushed(keep_tail=True))),
    "pmd.tail.nonfinal": bad(
        packed(TEXT, Deflate().block(1).literals(b"Hel").end().flushed(), fin=False),
        cf(CONT, squeezed(b"lo")),
    ),
    "pmd.blocks": talk(
        packed(
            TEXT,
            Deflate().block(1).literals(b"He").end().stored(b"llo").block(1, final=True).end().pad().block(0).done(),
        ),
        TEXT_HELLO,
    ),
    "pmd.bfinal.pad": talk(
        packed(TEXT, Deflate().block(1, final=True).literals(b"Hello").end().pad(0x15).block(0).done())
    ),
    "pmd.window.32k": talk(
        packed(BINARY, Deflate().stored(bytes(32_768)).block(1).copy3(29, 8191, 13).end().flushed())
    ),
    "pmd.window.client": bad(packed(BINARY, FAR), code=1002, agreed=opened(SMALL)),
    "pmd.window.server": served(sf(BINARY, FAR, rsv1=True), agreed=opened(SMALL)),
    "pmd.ctx.client": bad(TEXT_HELLO, packed(TEXT, AGAIN), agreed=opened(FORGETFUL)),
    "pmd.cnct.support": bad(TEXT_HELLO, packed(TEXT, AGAIN), agreed=opened(f"{PMD}; client_no_context_takeover")),
    "pmd.ctx.server": served(sf(TEXT, HELLO, rsv1=True), sf(TEXT, AGAIN, rsv1=True), agreed=opened(FORGETFUL)),
    "pmd.ctx.recv": [
        *PMD_OPEN,
        C(TEXT_HELLO),
        C(cf(PING, b"?")),
        S(sf(PONG, b"?")),
        ct("not compressed"),
        C(packed(TEXT, AGAIN)),
        *BYE,
    ],
    "pmd.ctx.window": talk(
        packed(BINARY, Deflate().stored(bytes(32_000)).flushed()),
        packed(BINARY, Deflate().block(1).copy3(29, 7000, 13).end().flushed()),
    ),
    "pmd.bomb": bad(packed(BINARY, zeros(65_029)), code=1009),
}
