"""The fields of one record: header, then what is said in clear, or sealed, or once opened (RFC 8446 section 5)."""

from __future__ import annotations

from app.anatomy.field import Origin, Space, tile
from app.anatomy.tls.build import AEAD, ALERT, RECORD, Pen, plural
from app.anatomy.tls.hello import hello_fields
from app.protocol.tls import names
from app.protocol.tls.directions import RecordView
from app.protocol.tls.hello import read_hello
from app.protocol.tls.names import name_of
from app.protocol.tls.records import HEADER

_TYPES = {
    names.CHANGE_CIPHER_SPEC: "TLS 1.2: what follows is sealed. In TLS 1.3 it means nothing and is sent for old boxes",
    names.ALERT: "An error, or the end",
    names.HANDSHAKE: "The two ends agree on keys",
    names.APPLICATION_DATA: "Says only that the record is sealed; the true type is inside",
    24: "Heartbeat: asks whether the other end is still there",
}
_MESSAGES = {
    names.CLIENT_HELLO: "What the client offers",
    names.SERVER_HELLO: "What the server chose",
    4: "Lets the client come back faster later",
    8: "The rest of the server's answers, sealed already",
    11: "Who the server is, signed by somebody the client trusts",
    12: "The public half of the server's key",
    14: "The server has said everything",
    15: "Proves that the server has the private key of its certificate",
    16: "The public half of the client's key",
    names.FINISHED: "Proves that nobody changed the handshake",
    names.KEY_UPDATE: "From the next record on another key is used",
}


def record_spaces(data: bytes, view: RecordView, begun: int = 0) -> tuple[Space, ...]:
    """The record as a Space "tls", and what it holds as a second one, "opened", once a key has opened it.

    `data` are the bytes of the record, `begun` how many bytes at its beginning belong to an earlier message. Byte i of
    the second space is made from byte i of the ciphertext, because these ciphers add a stream of key bytes.
    """
    pen = Pen(data)
    _header(pen, view)
    _body(pen, view, begun)
    sealed = Space("tls", data, tile(pen.fields, data, len(data) * 8), view.start)
    if view.state != "opened":
        return (sealed,)
    start = HEADER + view.explicit
    inner = data[start : len(data) - view.tag]
    plain = (view.content + _tail(view, len(inner)))[: len(inner)]
    body, rest = Pen(plain, 0, len(view.content)), Pen(plain, len(view.content))
    _content(body, view, begun)
    _inner_tail(rest, view)
    fields = tile([*body.fields, *rest.fields], plain, len(plain) * 8)
    return sealed, Space("opened", plain, fields, view.start + start, Origin("tls", start))


def _tail(view: RecordView, size: int) -> bytes:
    """The true type and the zeros, where there are such (TLS 1.3)."""
    return bytes((view.type,)) + bytes(view.padding) if size > len(view.content) else b""


def _header(pen: Pen, view: RecordView) -> None:
    name = name_of(names.CONTENT, view.outer)
    pen.draw("tls.type", 1, f"{view.outer} {name}", _TYPES.get(view.outer, "No type that is known"), RECORD)
    version = name_of(names.VERSIONS, view.version)
    pen.draw("tls.version", 2, version, "A fossil: every record says 1.2, or 1.0 in the first one", RECORD)
    pen.draw("tls.length", 2, str(pen.peek(2)), f"{plural(pen.peek(2))} follow", RECORD)


def _body(pen: Pen, view: RecordView, begun: int) -> None:
    if view.state == "clear":
        _content(pen, view, begun)
        return
    if view.state == "sealed":
        pen.draw("tls.sealed", pen.left, plural(pen.left), "Only who has the keys can read this", AEAD)
        return
    pen.draw("tls.nonce", view.explicit, plural(view.explicit), "Makes sure that no key stream is used twice", "5288 3")
    value = plural(len(view.content))
    pen.draw("tls.content", len(view.content), value, f"Sealed: {_holds(view)}", AEAD)
    _inner_tail(pen, view)
    pen.draw("tls.tag", view.tag, plural(view.tag), "Proves that nothing was changed on the way", AEAD)


def _inner_tail(pen: Pen, view: RecordView) -> None:
    has_type = view.overhead - HEADER - view.explicit - view.padding - view.tag
    value = f"{view.type} {name_of(names.CONTENT, view.type)}"
    pen.draw("tls.inner", has_type, value, "The true type, sealed with the content", AEAD)
    pen.draw("tls.padding", view.padding, plural(view.padding), "Zeros that hide how long the content is", "8446 5.4")


def _holds(view: RecordView) -> str:
    if view.type == names.HANDSHAKE and view.messages:
        return ", ".join(name_of(names.MESSAGES, kind) for kind in view.messages)
    return name_of(names.CONTENT, view.type).replace("_", " ")


def _content(pen: Pen, view: RecordView, begun: int) -> None:
    """The fields of content that can be read, to the pen's end."""
    if view.type == names.HANDSHAKE:
        _messages(pen, view, begun)
    elif view.type == names.ALERT:
        level, what = pen.peek(1), pen.peek(1, 1)
        says = names.ALERT_LEVELS.get(level, "unknown")
        pen.draw("tls.alert.level", 1, f"{level} {says}", "How bad it is", ALERT)
        meaning = "The end: nothing follows from this side" if what == names.CLOSE_NOTIFY else "What went wrong"
        pen.draw("tls.alert.description", 1, f"{what} {name_of(names.ALERTS, what)}", meaning, ALERT)
    elif view.type == names.CHANGE_CIPHER_SPEC:
        pen.draw("tls.ccs", 1, str(pen.peek(1)), "Always 1", "8446 5")
    else:
        pen.draw("tls.content", pen.left, plural(pen.left), "What the application said", AEAD)


def _messages(pen: Pen, view: RecordView, begun: int) -> None:
    pen.draw("tls.message.rest", begun, plural(begun), "The rest of a message from an earlier record", RECORD)
    while pen.left >= 4:
        kind, size = pen.peek(1), pen.peek(3, 1)
        body = pen.data[pen.at + 4 : min(pen.at + 4 + size, pen.end)]
        inner = pen.inside(0, 4 + size)
        name = name_of(names.MESSAGES, kind)
        inner.draw("tls.message.type", 1, f"{kind} {name}", _MESSAGES.get(kind, "A handshake message"), "8446 4")
        inner.draw("tls.message.length", 3, str(size), f"{plural(size)} follow", "8446 4")
        if kind in (names.CLIENT_HELLO, names.SERVER_HELLO):
            hello = read_hello(body, client=kind == names.CLIENT_HELLO)
            hello_fields(inner, hello, pen.at + 4)
        inner.draw("tls.message.body", inner.left, plural(inner.left), _MESSAGES.get(kind, "Its content"), "8446 4")
        value = f"{name}, {plural(4 + size)}"
        pen.draw(
            "tls.message", 4 + size, value, _MESSAGES.get(kind, "A handshake message"), "8446 4", tuple(inner.fields)
        )
    pen.draw("tls.message.rest", pen.left, plural(pen.left), "The beginning of a message", RECORD)
