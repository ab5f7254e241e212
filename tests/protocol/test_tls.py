"""Deciphering against what Python's own TLS said, and against real captures whose content is known."""

from __future__ import annotations

import json
import random
import ssl
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from app.importers import capture
from app.importers.fold import fold
from app.protocol.events import frame_payload
from app.protocol.frames import Header
from app.protocol.tls import decrypt as subject
from app.protocol.tls import names
from app.protocol.tls.decrypt import decrypt
from app.protocol.tls.keylog import KeyLog, read_keylog
from app.protocol.tls.schedule import expand_label, next_secret
from app.trace import SIDES, Side, Trace
from tests.tls_pairs import HOST, Pair

CAPTURES = Path(__file__).parent.parent / "examples" / "captures"
V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
SUITES = {
    "ECDHE-ECDSA-AES128-GCM-SHA256": 29,
    "ECDHE-ECDSA-AES256-GCM-SHA384": 29,
    "ECDHE-ECDSA-CHACHA20-POLY1305": 21,
}
SIZES = (0, 1, 2, 125, 126, 16_383, 16_384, 16_385, 70_000)


def conversation(seed: int) -> list[tuple[Side, bytes]]:
    """Sizes around the edges, and some at random, from both sides."""
    dice = random.Random(seed)
    sizes = [*SIZES, *(dice.randrange(1, 3_000) for _ in range(20))]
    return [(dice.choice(SIDES), dice.randbytes(size)) for size in sizes if size]


def same(pair: Pair, keylog: bytes | None = None) -> subject.Decrypted:
    found = decrypt(pair.trace, read_keylog(pair.keylog if keylog is None else keylog))
    assert found.problems == ()
    for side in SIDES:
        assert found.trace.bytes(side) == pair.said[side]
        assert found.trace.bytes(side, layer="tls") == pair.trace.bytes(side, layer="tls")
    return found


@pytest.mark.parametrize("chunk", [0, 1, 3, 1460])
def test_everything_said_over_tls_1_3_comes_out_again(chunk: int) -> None:
    pair = Pair(V13, chunk=chunk).all(conversation(chunk)[: 30 if chunk > 3 or not chunk else 4])
    found = same(pair)
    assert (found.version, found.suite) == (names.TLS_1_3, 0x1302)
    data = [view for view in found.all() if view.wire is not None]
    assert {view.overhead for view in data} == {22}


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("chunk", [0, 7])
def test_everything_said_over_tls_1_2_comes_out_again(suite: str, chunk: int) -> None:
    found = same(Pair(V12, suite, chunk=chunk).all(conversation(12)[: 5 if chunk else 40]))
    assert found.version == names.TLS_1_2
    assert {view.overhead for view in found.all() if view.wire is not None} == {SUITES[suite]}


def test_each_byte_knows_the_record_it_came_in() -> None:
    found = same(Pair(V13).all([("client", bytes(20_000)), ("server", b"x"), ("client", b"end")]))
    first, second, last = (found.record_of("client", at) for at in (0, 16_384, 20_000))
    assert first and second and last
    assert (first.end - first.start, second.end - second.start) == (16_384 + 22, 3_616 + 22)
    assert last.content == b"end" and last.wire == 20_000
    assert found.record_of("client", 20_003) is found.record_of("client", -1) is None
    assert found.trace.bytes("client", first.start, first.end, layer="tls")[:3] == b"\x17\x03\x03"


def test_the_end_is_the_close_notify_and_is_told_once() -> None:
    pair = Pair(V13).all([("client", b"x")])
    pair.trace.add(99, "client", kind="fin", layer="tls")
    pair.trace.add(100, "server", kind="rst", layer="tls")
    found = same(pair)
    ends = [(r.side, r.kind) for r in found.trace.records if r.layer == "wire" and r.kind != "data"]
    assert ends == [("client", "fin"), ("server", "rst")]


@pytest.mark.parametrize("version", [V12, V13])
def test_without_keys_the_hellos_are_read_and_nothing_else(version: ssl.TLSVersion) -> None:
    pair = Pair(version, secrets=False).all([("client", b"hello")])
    found = decrypt(pair.trace, KeyLog({}))
    assert not found.opened and found.problems == (subject.NO_SECRETS,)
    assert all(record.layer == "tls" for record in found.trace.records)
    assert found.client and found.server and found.version == version.value


def test_the_keys_of_another_connection_open_nothing() -> None:
    keys, pair = Pair(V13).keylog, Pair(V13).all([("client", b"hello")])
    stolen = keys.replace(keys.split()[-2], pair.trace.bytes("client", 11, 43, layer="tls").hex().encode())
    found = decrypt(pair.trace, read_keylog(stolen))
    assert not found.opened and found.trace.size("client") == 0


@pytest.mark.parametrize("missing", ["_TRAFFIC_SECRET_0", "_HANDSHAKE_TRAFFIC_SECRET"])
def test_a_log_with_only_some_secrets_opens_what_it_can(missing: str) -> None:
    pair = Pair(V13).all([("client", b"hello"), ("server", b"yes")])
    lines = [line for line in pair.keylog.splitlines() if missing.encode() not in line]
    found = decrypt(pair.trace, read_keylog(b"\n".join(lines)))
    assert found.opened == (missing == "_HANDSHAKE_TRAFFIC_SECRET")
    assert found.problems == (() if found.opened else (subject.NO_TRAFFIC,))


class Sealer:
    """Seals records as a TLS 1.3 client does, with what Python's ssl module cannot be told to do."""

    def __init__(self, secret: bytes) -> None:
        self.secret, self.number = secret, 0

    def __call__(self, content: bytes, kind: int = 23, padding: int = 0) -> bytes:
        key, iv = (expand_label("sha384", self.secret, label, size) for label, size in (("key", 32), ("iv", 12)))
        nonce = (int.from_bytes(iv, "big") ^ self.number).to_bytes(12, "big")
        inner = content + bytes((kind,)) + bytes(padding)
        header = b"\x17\x03\x03" + (len(inner) + 16).to_bytes(2, "big")
        self.number += 1
        return header + AESGCM(key).encrypt(nonce, inner, header)

    def update(self) -> bytes:
        sealed = self(b"\x18\0\0\x01\0", 22)
        self.secret, self.number = next_secret("sha384", self.secret), 0
        return sealed


def test_key_updates_and_padding_are_followed() -> None:
    pair = Pair(V13)
    keys = read_keylog(pair.keylog)
    seal = Sealer(keys.of(pair.trace.bytes("client", 11, 43, layer="tls"))["CLIENT_TRAFFIC_SECRET_0"])
    for data in (seal(b"one", padding=9), seal.update(), seal(b"two"), seal.update(), seal(b""), seal(b"three")):
        pair.trace.add(90, "client", data, layer="tls")
    found = decrypt(pair.trace, keys)
    assert found.problems == () and found.trace.bytes("client") == b"onetwothree"
    first = found.record_of("client", 0)
    assert first and (first.padding, first.tag, first.overhead) == (9, 16, 31)
    assert [view.messages for view in found.views["client"]].count((names.KEY_UPDATE,)) == 2


def test_a_gap_ends_what_can_be_read_of_that_side() -> None:
    pair = Pair(V13)
    pair.say("client", b"before")
    pair.trace.add(50, "client", kind="gap", layer="tls")
    pair.say("client", b"after")
    pair.say("server", b"reply")
    found = decrypt(pair.trace, read_keylog(pair.keylog))
    assert (found.trace.bytes("client"), found.trace.bytes("server")) == (b"before", b"reply")
    assert [r.side for r in found.trace.records if r.kind == "gap" and r.layer == "wire"] == ["client"]
    assert len(found.problems) == 1


@given(st.data())
def test_changed_bytes_never_raise_and_never_pass(data: st.DataObject) -> None:
    good = _recorded()
    side = data.draw(st.sampled_from(SIDES))
    stream = bytearray(good.trace.bytes(side, layer="tls"))
    for place in data.draw(st.lists(st.integers(0, len(stream) - 1), min_size=1, max_size=3)):
        stream[place] ^= data.draw(st.integers(1, 255))
    trace = Trace("changed")
    for each in SIDES:
        trace.add(0, each, bytes(stream) if each == side else good.trace.bytes(each, layer="tls"), layer="tls")
    found = decrypt(trace, read_keylog(good.keylog))
    for each in SIDES:
        assert good.said[each].startswith(found.trace.bytes(each))


def _recorded(kept: list[Pair] = []) -> Pair:  # noqa: B006 - made once
    if not kept:
        kept.append(Pair(V13).all([("client", b"GET / HTTP/1.1\r\n\r\n"), ("server", b"HTTP/1.1 200 OK\r\n\r\n")]))
    return kept[0]


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_junk_never_raises(client: bytes, server: bytes) -> None:
    trace = Trace("junk")
    trace.add(0, "client", b"\x16\x03\x01" + client, layer="tls")
    trace.add(0, "server", b"\x16\x03\x03" + server, layer="tls")
    assert not decrypt(trace, KeyLog({})).opened


def test_a_real_session_of_chromium() -> None:
    source = capture.read((CAPTURES / "s4-chromium-wss-tls13.pcapng").read_bytes())
    keys = read_keylog((CAPTURES / "s4-chromium-wss-tls13.keylog").read_bytes())
    found = [decrypt(trace, keys) for trace in source.traces]
    assert [each.opened for each in found] == [False, False, False, True]
    assert found[1].problems == (subject.FATAL.format("client", "certificate_unknown"),)
    assert any(names.is_grease(suite) for suite in found[3].client.suites) if found[3].client else False
    assert found[3].trace.bytes("client").startswith(b"GET /c HTTP/1.1\r\n")


def test_real_frames_equal_what_is_known_of_them() -> None:
    name = "s4-wss-tls13-deflate-dsb.pcapng"
    source = capture.read((CAPTURES / name).read_bytes())
    (trace,) = source.traces
    opened = decrypt(trace, read_keylog(*source.secrets))
    assert opened.problems == () and HOST not in str(opened.client)
    plain = source._replace(traces=[opened.trace], known={})
    ((folded, events),) = fold(plain)
    truth = json.loads((CAPTURES / "frames.json").read_text())[name]["0"]
    for side in SIDES:
        frames = [(e.detail, frame_payload(e, folded)) for e in events if e.kind == "frame" and e.side == side]
        seen = [
            [h.opcode, h.fin, h.length, sha256(data).hexdigest()[:16]] for h, data in frames if isinstance(h, Header)
        ]
        assert seen == [[row[0], row[1], row[5], row[6]] for row in truth[side]]
