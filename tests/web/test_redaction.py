"""Secrets are found, and overwritten at equal length."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.protocol.frames import write_frame
from app.web.reading import How, Talk, look
from app.web.redaction import blanked, hide, secrets

KEY = bytes.fromhex("01020304")
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"
HEAD = b"GET /?token=0123456789abcdef0123456789 HTTP/1.1\r\nHost: x\r\nCookie: a=b\r\nAuthorization: Basic Zm9v\r\n\r\n"


def talk(data: bytes) -> Talk:
    return look(data, How(format="raw", side="client"), "").talks[0]


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (b'{"token": "s3cr3t-value", "a": 1}', "credential"),
        (b"hello " + JWT + b" there", "token"),
        (b"Authorization: Bearer abcdefgh12345678", "bearer"),
    ],
)
def test_a_payload_is_overwritten_under_its_mask(payload: bytes, name: str) -> None:
    before = talk(write_frame(1, payload, key=KEY))
    found = secrets(before)
    assert name in {secret.name for secret in found}
    after = hide(before.trace, found)
    assert len(after.bytes("client")) == len(before.trace.bytes("client"))
    shown = look(after.bytes("client"), How(format="raw", side="client"), "").talks[0]
    text = next(event.detail.payload for event in shown.events if event.kind == "message")
    assert b"*" * 8 in text and len(text) == len(payload)
    assert b"s3cr3t" not in text and JWT not in text and b"abcdefgh12345678" not in text


def test_heads_are_overwritten_and_named() -> None:
    before = talk(HEAD)
    found = secrets(before)
    assert {"Cookie", "Authorization", "query"} <= {secret.name for secret in found}
    after = hide(before.trace, found).bytes("client")
    assert len(after) == len(HEAD)
    for word in (b"0123456789abcdef", b"a=b", b"Zm9v"):
        assert word not in after


def test_a_secret_over_two_frames_takes_both_along() -> None:
    data = write_frame(1, b'{"password": "hun', fin=False, key=KEY) + write_frame(0, b'ter2hunter2"}', key=KEY)
    before = talk(data)
    after = hide(before.trace, secrets(before))
    shown = look(after.bytes("client"), How(format="raw", side="client"), "").talks[0]
    text = next(event.detail.payload for event in shown.events if event.kind == "message")
    assert b"hun" not in text and b"ter2" not in text


def test_what_is_no_secret_stays() -> None:
    before = talk(write_frame(1, b'{"text": "a token of thanks"}', key=KEY))
    assert secrets(before) == []


def test_addresses_are_blanked() -> None:
    assert "abcdef" not in blanked("ws://x/?k=abcdefabcdefabcdefabcdef&n=1")


@pytest.fixture
def client() -> FlaskClient:
    return create_app().test_client()


@pytest.mark.parametrize("kind", ["jsonl", "pcapng", "text", "json", "python", "javascript", "html", "markdown"])
def test_nothing_leaves_with_a_cookie_unless_the_reader_says_so(client: FlaskClient, kind: str) -> None:
    host = {"Host": "127.0.0.1"}
    told = (b"Zm9v", b"Zm9v".hex().encode())
    closed = client.post(f"/inspect/export/{kind}", data=HEAD, headers=host)
    assert closed.status_code == 200
    assert closed.headers["Content-Disposition"].startswith("attachment")
    assert not any(word in closed.data for word in told)
    if kind in ("jsonl", "pcapng", "python", "javascript"):
        opened = client.post(f"/inspect/export/{kind}?redact=no", data=HEAD, headers=host)
        assert any(word in opened.data.replace(b"\n", b"") for word in told)
