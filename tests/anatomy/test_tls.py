"""The TLS lens: fields tile every record, opened or not, and what an observer knows is what is in clear."""

from __future__ import annotations

import ssl
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.anatomy.field import Field, Space
from app.anatomy.names import family, label
from app.anatomy.tls.observe import ladder, observe, parts, title
from app.anatomy.tls.record import record_spaces
from app.anatomy.tls.stream import direction_space, records, told
from app.protocol.tls.decrypt import Decrypted, decrypt
from app.protocol.tls.directions import Direction, Terms
from app.protocol.tls.keylog import KeyLog, read_keylog
from app.trace import SIDES, Trace
from tests.tls_pairs import HOST, Pair

V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
HELLO = bytes.fromhex("818537fa213d7f9f4d5158")


@cache
def session(version: ssl.TLSVersion, keys: bool, ciphers: str = "") -> Decrypted:
    pair = Pair(version, ciphers).all([("client", HELLO), ("server", bytes(20_000))])
    return decrypt(pair.trace, read_keylog(pair.keylog) if keys else KeyLog({}))


every_session = pytest.mark.parametrize(
    "found",
    [session(version, keys) for version in (V12, V13) for keys in (True, False)],
    ids=["1.2", "1.2 sealed", "1.3", "1.3 sealed"],
)


def tiles(space: Space) -> None:
    at = 0
    for field in space.fields:
        assert field.start == at
        at = field.end
        inside(field)
    assert at == len(space.data) * 8


def inside(field: Field) -> None:
    at = field.start
    for child in field.children:
        assert at <= child.start and child.end <= field.end
        at = child.end
        inside(child)


def gaps(space: Space) -> list[str]:
    return [field.name for top in space.fields for field in top.walk() if field.name == "gap"]


@every_session
def test_fields_tile_each_record_and_each_direction(found: Decrypted) -> None:
    for side in SIDES:
        for _, spaces in records(found.trace, side, found.views[side]):
            for space in spaces:
                tiles(space)
                assert not gaps(space)
        tiles(direction_space(found.trace, side, found.views[side]))


def test_an_opened_frame_stands_in_its_record() -> None:
    found = session(V13, True)
    view, (sealed, opened) = next(
        (view, spaces) for view, spaces in records(found.trace, "client", found.views["client"]) if view.wire == 0
    )
    assert [(f.name, f.bits // 8) for f in sealed.fields] == [
        ("tls.type", 1),
        ("tls.version", 2),
        ("tls.length", 2),
        ("tls.content", 11),
        ("tls.inner", 1),
        ("tls.tag", 16),
    ]
    assert opened.data == HELLO + b"\x17" and opened.origin and opened.origin.start == 5
    assert [f.name for f in opened.fields] == ["tls.content", "tls.inner"]
    assert [(part.bytes, part.label) for part in parts(view, ends=True)] == [
        (5, "record header"),
        (11, "content"),
        (1, "inner type"),
        (16, "tag"),
    ]
    assert title(view, ends=True) == "The client sends 11 bytes, sealed"
    assert title(view, ends=False) == "The client sends 33 bytes of something"
    assert [part.bytes for part in parts(view, ends=False)] == [5, 28]


def test_the_nonce_of_tls_1_2_is_shown() -> None:
    found = session(V12, True)
    spaces = [s for view, s in records(found.trace, "client", found.views["client"]) if view.wire == 0][0]
    assert [(f.name, f.bits // 8) for f in spaces[0].fields][3:] == [
        ("tls.nonce", 8),
        ("tls.content", 11),
        ("tls.tag", 16),
    ]


def test_the_hellos_are_explained() -> None:
    found = session(V13, False)
    client, server = (direction_space(found.trace, side, found.views[side]) for side in SIDES)
    name = client.find("tls.ext.name")
    assert name and name.value == HOST and client.data[name.first_byte : name.end // 8] == HOST.encode()
    for ident, value in (("supported_versions", "TLS 1.3"), ("key_share", "x25519 32 bytes")):
        field = client.find(f"tls.ext.{ident}")
        assert field and field.value == value
    chosen = server.find("tls.hello.suite")
    assert chosen and chosen.value == "TLS_AES_256_GCM_SHA384"
    assert len([f for top in client.fields for f in top.walk() if f.name == "tls.hello.suite"]) >= 3


def test_in_tls_1_2_the_certificate_and_the_ticket_are_in_clear() -> None:
    found = session(V12, False)
    labels = [rung.label for rung in ladder(found, ends=False)]
    said = " + ".join(labels)
    for name in ("Certificate", "ServerKeyExchange", "ServerHelloDone", "ClientKeyExchange", "NewSessionTicket"):
        assert name in said
    assert observe(found).chosen == "http/1.1"


@every_session
def test_what_an_observer_knows_needs_no_key(found: Decrypted) -> None:
    seen = observe(found)
    assert (seen.server_name, seen.protocols) == (HOST, ("http/1.1",))
    assert seen.name_at
    assert found.trace.bytes("client", seen.name_at.start, seen.name_at.end, layer="tls") == HOST.encode()
    overhead = 22 if seen.version == "TLS 1.3" else 29
    assert seen.overhead == overhead
    assert len(HELLO) + overhead in seen.sealed["client"]
    assert seen.sealed["server"][-2:] == (16_384 + overhead, 3_616 + overhead)


def test_the_network_sees_sealed_records_where_the_ends_see_messages() -> None:
    found = session(V13, True)
    outside, within = ladder(found, ends=False), ladder(found, ends=True)
    assert [rung[:2] for rung in outside] == [rung[:2] for rung in within]
    assert (outside[0].label, outside[0].note) == ("ClientHello", HOST)
    assert {rung.label for rung in outside if rung.sealed} == {"RECORD 23"}
    assert not any(rung.sealed for rung in within) and all(rung.wire is None for rung in outside)
    assert "Finished" in [rung.label for rung in within]
    assert [rung.wire for rung in within if rung.side == "client"][-2:] == [0, None]
    assert within[-1].label == "close_notify"


def test_messages_over_several_records_are_followed() -> None:
    whole = session(V12, False).trace.bytes("server", layer="tls")
    first = whole[5 : 5 + int.from_bytes(whole[3:5], "big")]
    trace = Trace("cut")
    for piece in (first[:10], first[10:30], first[30:]):
        trace.add(0, "server", b"\x16\x03\x03" + len(piece).to_bytes(2, "big") + piece, layer="tls")
    found = decrypt(trace, KeyLog({}))
    assert [told(view) for view in found.views["server"]] == ["handshake", "handshake", "ServerHello"]
    for view, (space,) in records(trace, "server", found.views["server"]):
        tiles(space)
        assert bool(space.find("tls.message.rest")) or view.start == 0


@given(st.sampled_from(SIDES), st.sampled_from([20, 21, 22, 23, 24]), st.binary(max_size=300), st.binary(max_size=9))
def test_hostile_records_tile_too(side: str, kind: int, body: bytes, rest: bytes) -> None:
    data = bytes((kind, 3, 1)) + len(body).to_bytes(2, "big") + body + rest
    direction = Direction("client" if side == "client" else "server", Terms(None, None, {}))
    trace = Trace("hostile")
    trace.add(0, direction.side, data, layer="tls")
    views = direction.feed(0, data)
    tiles(direction_space(trace, direction.side, views))
    for view in views:
        told(view), title(view, ends=False), parts(view, ends=False)
        for begun in (0, 3):
            tiles(record_spaces(data[view.start : view.end], view, begun)[0])


@given(st.integers(5, 400), st.integers(0, 255))
def test_a_changed_hello_still_tiles(place: int, value: int) -> None:
    good = bytearray(session(V13, False).trace.bytes("client", 0, 522, layer="tls"))
    good[min(place, len(good) - 1)] = value
    trace = Trace("changed")
    trace.add(0, "client", bytes(good), layer="tls")
    found = decrypt(trace, KeyLog({}))
    tiles(direction_space(trace, "client", found.views["client"]))
    observe(found)


def test_fields_have_labels_and_no_hue() -> None:
    assert (label("tls.tag"), family("tls.tag")) == ("authentication tag", "tls")
    assert (label("tls.ext.key_share"), family("fin")) == ("key share", "flag")
