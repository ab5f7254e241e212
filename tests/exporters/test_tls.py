"""Encrypted connections on a terminal."""

from __future__ import annotations

import ssl

from app.exporters.tls import HOW, MOST, how_to_get_keys, sealed
from app.trace import Trace
from tests.tls_pairs import HOST, Pair


def test_the_records_are_listed_without_what_they_hold() -> None:
    pair = Pair(ssl.TLSVersion.TLSv1_3).all([("client", b"secret words")])
    lines = list(sealed(pair.trace))
    assert lines[0].startswith(f"client --> ClientHello  {HOST}  ")
    assert "client --> RECORD 23  34 bytes" in lines
    assert "22 bytes longer" in lines[-2] and "secret" not in "".join(lines)


def test_the_hellos_are_told_field_by_field() -> None:
    text = "\n".join(sealed(Pair(ssl.TLSVersion.TLSv1_3).trace, fields=True))
    for said in ("cipher suite", "TLS_AES_256_GCM_SHA384", f"server name              {HOST}", "x25519 32 bytes"):
        assert said in text


def test_a_long_connection_is_cut_short() -> None:
    pair = Pair(ssl.TLSVersion.TLSv1_3).all([("client", b"x")] * 60)
    lines = list(sealed(pair.trace))
    assert len(lines) == MOST + 3 and lines[MOST].endswith("more records")


def test_a_server_name_cannot_move_the_cursor() -> None:
    pair = Pair(ssl.TLSVersion.TLSv1_3)
    hello = pair.trace.bytes("client", layer="tls").replace(HOST.encode(), b"\x1b[2J" + b"x" * (len(HOST) - 4))
    trace = Trace("hostile")
    trace.add(0, "client", hello, layer="tls")
    assert "\x1b" not in "".join(sealed(trace))


def test_ways_to_get_keys_are_told() -> None:
    text = "\n".join(how_to_get_keys())
    assert all(how in text for _, how in HOW) and "SSLKEYLOGFILE" in text
