"""ClientHello and ServerHello (RFC 8446 section 4.1), read as far as they go: hostile bytes only end them early."""

from __future__ import annotations

from typing import NamedTuple

from app.protocol.tls import names

RETRY_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
"""The random of a ServerHello that asks for another ClientHello (RFC 8446 section 4.1.3)."""


class Extension(NamedTuple):
    """An extension of a hello; `start` is its first byte in the body of the message."""

    type: int
    start: int
    data: bytes

    @property
    def end(self) -> int:
        """The first byte after it."""
        return self.start + 4 + len(self.data)


class Hello(NamedTuple):
    """What a hello says. `parts`: (name, first byte, end) of its pieces, in the body; `whole` unless it ended early.

    A ServerHello has one suite and one compression method.
    """

    client: bool
    version: int = 0
    random: bytes = b""
    session_id: bytes = b""
    suites: tuple[int, ...] = ()
    extensions: tuple[Extension, ...] = ()
    parts: tuple[tuple[str, int, int], ...] = ()
    whole: bool = False

    def extension(self, kind: int) -> bytes | None:
        """The data of an extension; None when it is not there."""
        return next((each.data for each in self.extensions if each.type == kind), None)

    @property
    def agreed_version(self) -> int:
        """The version that a ServerHello chooses."""
        chosen = self.extension(names.SUPPORTED_VERSIONS)
        return int.from_bytes(chosen, "big") if chosen and len(chosen) == 2 else self.version

    @property
    def is_retry(self) -> bool:
        """Does this ServerHello ask for another ClientHello?"""
        return self.random == RETRY_RANDOM


class Cursor:
    """Takes pieces off some bytes; `Short` where they end early."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def take(self, size: int) -> bytes:
        """The next bytes."""
        if self.at + size > len(self.data):
            raise Short
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, size: int) -> int:
        """The next bytes as a number."""
        return int.from_bytes(self.take(size), "big")

    def vector(self, prefix: int) -> bytes:
        """The next bytes behind a length of `prefix` bytes."""
        return self.take(self.number(prefix))

    @property
    def more(self) -> bool:
        """Is anything left?"""
        return self.at < len(self.data)


class Short(Exception):
    """The bytes end inside what was asked for."""


def read_hello(body: bytes, *, client: bool) -> Hello:
    """The hello in the body of a handshake message. Never raises."""
    cursor = Cursor(body)
    hello = Hello(client)
    try:
        for name, read in _STEPS:
            start = cursor.at
            if name == "extensions" and not cursor.more:
                break
            hello = hello._replace(**read(cursor, client))
            hello = hello._replace(parts=(*hello.parts, (name, start, cursor.at)))
    except Short:
        return hello
    return hello._replace(whole=cursor.at >= _announced(body, hello))


def _announced(body: bytes, hello: Hello) -> int:
    """Where the extensions say that they end."""
    name, start, _ = hello.parts[-1]
    return start + 2 + int.from_bytes(body[start : start + 2], "big") if name == "extensions" else 0


def _suites(cursor: Cursor, client: bool) -> dict[str, object]:
    raw = cursor.vector(2) if client else cursor.take(2)
    return {"suites": numbers(raw)}


def _compression(cursor: Cursor, client: bool) -> dict[str, object]:
    cursor.take(cursor.number(1) if client else 1)
    return {}


def _extensions(cursor: Cursor, client: bool) -> dict[str, object]:
    end = cursor.number(2) + cursor.at
    found: list[Extension] = []
    try:
        while cursor.at < end:
            start = cursor.at
            found.append(Extension(cursor.number(2), start, cursor.vector(2)))
    except Short:
        cursor.at = start  # those that are whole are kept; what follows stays unexplained
    return {"extensions": tuple(found)}


_STEPS = (
    ("version", lambda cursor, client: {"version": cursor.number(2)}),
    ("random", lambda cursor, client: {"random": cursor.take(32)}),
    ("session", lambda cursor, client: {"session_id": cursor.vector(1)}),
    ("suites", _suites),
    ("compression", _compression),
    ("extensions", _extensions),
)


def numbers(data: bytes) -> tuple[int, ...]:
    """A run of 16-bit numbers."""
    return tuple(int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data) - 1, 2))


def server_name(hello: Hello) -> str | None:
    """The name that a client asks for (RFC 6066 section 3); None without one."""
    try:
        cursor = Cursor(Cursor(hello.extension(names.SERVER_NAME) or b"").vector(2))
        kind, name = cursor.number(1), cursor.vector(2)
    except Short:
        return None
    return name.decode("ascii", "backslashreplace") if kind == 0 and name else None


def alpn(hello: Hello) -> tuple[str, ...]:
    """The protocols offered, or the one chosen (RFC 7301)."""
    found = []
    try:
        cursor = Cursor(Cursor(hello.extension(names.ALPN) or b"").vector(2))
        while cursor.more:
            found.append(cursor.vector(1).decode("ascii", "backslashreplace"))
    except Short:
        pass  # those before it are whole
    return tuple(found)


def versions(hello: Hello) -> tuple[int, ...]:
    """The versions offered, or the one chosen."""
    data = hello.extension(names.SUPPORTED_VERSIONS)
    if data is None:
        return (hello.version,)
    return numbers(data[1:]) if hello.client else numbers(data)


def key_shares(hello: Hello) -> tuple[tuple[int, int], ...]:
    """(group, bytes) of each key share (RFC 8446 section 4.2.8)."""
    data = hello.extension(names.KEY_SHARE) or b""
    found = []
    try:
        cursor = Cursor(Cursor(data).vector(2) if hello.client else data)
        while cursor.more:
            group = cursor.number(2)
            found.append((group, len(cursor.vector(2)) if cursor.more else 0))
    except Short:
        pass  # those before it are whole
    return tuple(found)


def groups(hello: Hello) -> tuple[int, ...]:
    """The groups that a client supports, best first."""
    return numbers((hello.extension(names.GROUPS_EXTENSION) or b"")[2:])
