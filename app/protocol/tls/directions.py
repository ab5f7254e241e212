"""One direction of a TLS connection: which key opens its next record, and what the records hold."""

from __future__ import annotations

from typing import Literal, NamedTuple

from app.protocol.tls import keylog, names
from app.protocol.tls.ciphers import SUITES, TAG, Opened, Opener, Suite, opener
from app.protocol.tls.hello import Hello
from app.protocol.tls.records import HEADER, MessageReader, RecordReader, TlsRecord
from app.protocol.tls.schedule import next_secret, prf
from app.trace import Side

State = Literal["clear", "opened", "sealed"]


class RecordView(NamedTuple):
    """One record and what became of it. `start` and `end` are bytes in the TLS stream of its side, `at` is when it was
    whole, `wire` the offset of its content in the deciphered stream, None when it holds no application data.

    `type` is the true content type once that is known; `content` is empty while the record is sealed; `explicit`,
    `padding` and `tag` count bytes of the seal. `messages` are handshake messages that end in it, by type.
    """

    side: Side
    at: int
    start: int
    end: int
    outer: int
    version: int
    state: State
    type: int
    content: bytes = b""
    explicit: int = 0
    padding: int = 0
    tag: int = 0
    messages: tuple[int, ...] = ()
    wire: int | None = None

    @property
    def overhead(self) -> int:
        """Bytes that are not content."""
        return self.end - self.start - len(self.content)


class Terms(NamedTuple):
    """What both hellos agree on, and the secrets of the connection by label."""

    client: Hello | None
    server: Hello | None
    secrets: dict[str, bytes]

    @property
    def version(self) -> int:
        """The version agreed on; 0 while that is open."""
        return self.server.agreed_version if self.server else 0

    @property
    def number(self) -> int:
        """The number of the suite agreed on."""
        return self.server.suites[0] if self.server and self.server.suites else 0

    @property
    def suite(self) -> Suite | None:
        """The suite agreed on, if it is one that can be opened."""
        return SUITES.get(self.number)

    @property
    def inner(self) -> bool:
        """Are the true types inside, as in TLS 1.3?"""
        return self.version == names.TLS_1_3


class Direction:
    """Opens one side's records in order. `lost`: from here on nothing can be opened; `missing`: records without key."""

    def __init__(self, side: Side, terms: Terms) -> None:
        self.side = side
        self.reader = RecordReader()
        self.lost = False
        self.missing = 0
        self.wire = 0
        self._terms = terms
        self._messages = MessageReader()
        self._sealed = False
        self._settled = False
        self._secret = terms.secrets.get(keylog.TRAFFIC[side])
        self._openers = self._prepare() if terms.suite else []

    def _prepare(self) -> list[Opener]:
        """Every key that may fit, in the order in which they come into use."""
        terms, suite = self._terms, self._terms.suite
        assert suite
        if not terms.inner:
            master = terms.secrets.get(keylog.MASTER)
            return [self._from_master(suite, master)] if master else []
        labels = [keylog.HANDSHAKE[self.side], keylog.TRAFFIC[self.side]]
        if self.side == "client":
            labels.append(keylog.EARLY)
        return [opener(suite, terms.secrets[label]) for label in labels if label in terms.secrets]

    def _from_master(self, suite: Suite, master: bytes) -> Opener:
        """The key of this side out of the key block of TLS 1.2 (RFC 5246 section 6.3)."""
        assert self._terms.client and self._terms.server
        seed = self._terms.server.random + self._terms.client.random
        block = prf(suite.digest, master, "key expansion", seed, 2 * (suite.key + suite.fixed))
        turn = 0 if self.side == "client" else 1
        key = block[turn * suite.key :][: suite.key]
        return Opener(suite, self._terms.version, key, block[2 * suite.key + turn * suite.fixed :][: suite.fixed])

    @property
    def readable(self) -> bool:
        """Is there a key for its application data?"""
        label = keylog.TRAFFIC[self.side] if self._terms.inner else keylog.MASTER
        return self._terms.suite is not None and label in self._terms.secrets

    def feed(self, at: int, data: bytes) -> list[RecordView]:
        """The records that these bytes complete, opened as far as the keys go."""
        return [self._view(at, record) for record in self.reader.feed(data)]

    def _view(self, at: int, record: TlsRecord) -> RecordView:
        bare = RecordView(
            self.side, at, record.start, record.end, record.type, record.version, "clear", record.type, record.payload
        )
        if not self._is_sealed(record):
            self._sealed = self._sealed or (record.type == names.CHANGE_CIPHER_SPEC and not self._terms.inner)
            return self._read(bare)
        opened = None if self.lost else self._open(record)
        if opened is None:
            self.missing += not self.lost
            return bare._replace(state="sealed", content=b"")
        explicit = self._terms.suite.explicit if self._terms.suite else 0
        tag = record.end - record.start - HEADER - explicit - len(opened.content) - opened.padding - self._terms.inner
        view = bare._replace(
            state="opened",
            type=opened.type,
            content=opened.content,
            explicit=explicit,
            padding=opened.padding,
            tag=min(tag, TAG),
        )
        return self._read(view)

    def _is_sealed(self, record: TlsRecord) -> bool:
        return record.type == names.APPLICATION_DATA or self._sealed

    def _open(self, record: TlsRecord) -> Opened | None:
        for key in self._openers:
            opened = key.open(record)
            if opened:
                return opened
        # Before the handshake is over a record may be early data that nobody took; after it, this is the end.
        self.lost = self._settled and bool(self._openers)
        return None

    def _read(self, view: RecordView) -> RecordView:
        if view.type == names.APPLICATION_DATA and view.content:
            view = view._replace(wire=self.wire)
            self.wire += len(view.content)
        elif view.type == names.HANDSHAKE:
            types = tuple(kind for kind, _ in self._messages.feed(view.content))
            for kind in types if view.state == "opened" else ():
                self._follow(kind)
            return view._replace(messages=types)
        return view

    def _follow(self, kind: int) -> None:
        """A handshake message may bring the next key."""
        suite = self._terms.suite
        if not self._terms.inner or suite is None:
            return
        if kind == names.FINISHED and not self._settled:
            self._settled = True
            self._openers = [opener(suite, self._secret)] if self._secret else []
        elif kind == names.KEY_UPDATE and self._secret:
            self._secret = next_secret(suite.digest, self._secret)
            self._openers = [opener(suite, self._secret)]
