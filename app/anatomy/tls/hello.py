"""The fields of ClientHello and ServerHello: what both ends say in clear before they have keys (RFC 8446 4.1)."""

from __future__ import annotations

from collections.abc import Callable

from app.anatomy.field import Field
from app.anatomy.tls.build import HELLO, Pen, plural
from app.protocol.tls import hello as reading
from app.protocol.tls import names
from app.protocol.tls.hello import Extension, Hello
from app.protocol.tls.names import name_of

_SAYS = {
    "version": "A fossil: since TLS 1.3 it stays at 1.2, and supported_versions decides",
    "random": "32 random bytes; a key log finds the connection by the client's",
    "session": "Left over from TLS 1.2; sent so that old boxes in between see what they know",
    "compression": "Compression in TLS gave secrets away and is gone: only null",
}
_EXTENSIONS: dict[int, str] = {
    names.SERVER_NAME: "The host that is wanted, readable by everybody on the way",
    names.ALPN: "Which protocol is to be spoken inside; WebSocket needs http/1.1",
    names.SUPPORTED_VERSIONS: "The versions of TLS, best first",
    names.KEY_SHARE: "Public halves of keys: together they give a secret that nobody else has",
    names.GROUPS_EXTENSION: "Curves and groups for the key exchange, best first",
    names.EARLY_DATA: "Data before the handshake is over, under an older key",
    21: "Zeros that round the size up",
    65037: "Hides the real server name from the way, or pretends to",
}


def hello_fields(pen: Pen, hello: Hello, base: int) -> list[Field]:
    """The fields of a hello whose body begins at byte `base` of the pen's data; what it does not have is left out."""
    for name, start, end in hello.parts:
        pen.at = base + start
        if name == "extensions":
            _extensions(pen, hello, base, end - start)
        elif name == "suites":
            _suites(pen, hello, end - start)
        else:
            value = _value(name, hello)
            pen.draw(f"tls.hello.{name}", end - start, value, _SAYS[name], HELLO)
    return pen.fields


def _value(name: str, hello: Hello) -> str:
    if name == "version":
        return name_of(names.VERSIONS, hello.version)
    if name == "random":
        return "asks for another ClientHello" if hello.is_retry else hello.random.hex()
    return hello.session_id.hex() or "empty" if name == "session" else "null"


def _suites(pen: Pen, hello: Hello, size: int) -> None:
    known = [name_of(names.SUITES, suite) for suite in hello.suites]
    if not hello.client:
        pen.draw("tls.hello.suite", size, known[0], "The way of sealing that the server chose", HELLO)
        return
    inner = pen.inside(0, size)
    inner.draw("tls.hello.suites.length", 2, plural(size - 2), "How long the list is", HELLO)
    for name in known:
        inner.draw("tls.hello.suite", 2, name, _suite_meaning(name), HELLO)
    meaning = "Ways of sealing that the client knows, best first"
    pen.draw("tls.hello.suites", size, plural(len(known), "suite"), meaning, HELLO, tuple(inner.fields))


def _suite_meaning(name: str) -> str:
    if name == "GREASE":
        return "Means nothing; keeps servers used to values they do not know (RFC 8701)"
    return "Not a way of sealing, but a signal" if name.endswith("SCSV") else "A way of sealing records"


def _extensions(pen: Pen, hello: Hello, base: int, size: int) -> None:
    start = pen.at
    pen.draw("tls.hello.extensions.length", 2, plural(max(pen.peek(2), 0)), "How long all extensions are", HELLO)
    for extension in hello.extensions:
        pen.at = base + extension.start
        _extension(pen, hello, extension)
    pen.at = start + size


def _extension(pen: Pen, hello: Hello, extension: Extension) -> None:
    name = name_of(names.EXTENSIONS, extension.type)
    size = extension.end - extension.start
    inner = pen.inside(0, size)
    inner.draw("tls.ext.type", 2, name, "Which extension", HELLO)
    inner.draw("tls.ext.length", 2, plural(len(extension.data)), "How long it is", HELLO)
    if extension.type == names.SERVER_NAME and (host := reading.server_name(hello)):
        inner.draw("tls.ext.head", 5, "host_name", "Lengths, and the kind of name", "6066 3")
        inner.draw("tls.ext.name", len(extension.data) - 5, host, _EXTENSIONS[names.SERVER_NAME], "6066 3")
    else:
        inner.draw("tls.ext.data", len(extension.data), plural(len(extension.data)), "What it says", HELLO)
    read = _READ.get(extension.type)
    value = read(hello) if read else plural(len(extension.data))
    meaning = _EXTENSIONS.get(extension.type) or (
        "Means nothing; keeps servers used to values they do not know (RFC 8701)"
        if name == "GREASE"
        else "An extension"
    )
    ident = "grease" if name == "GREASE" else name.partition(" ")[0]
    pen.draw(f"tls.ext.{ident}", size, value, meaning, HELLO, tuple(inner.fields))


_READ: dict[int, Callable[[Hello], str]] = {
    names.SERVER_NAME: lambda hello: reading.server_name(hello) or "accepted",
    names.ALPN: lambda hello: ", ".join(reading.alpn(hello)),
    names.SUPPORTED_VERSIONS: lambda hello: ", ".join(
        name_of(names.VERSIONS, each) for each in reading.versions(hello)
    ),
    names.GROUPS_EXTENSION: lambda hello: ", ".join(name_of(names.GROUPS, each) for each in reading.groups(hello)),
    names.KEY_SHARE: lambda hello: ", ".join(
        f"{name_of(names.GROUPS, group)} {plural(size)}" for group, size in reading.key_shares(hello)
    ),
}
