"""What may be handed in: bounded, by hand, one sentence for what cannot be read."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import BadRequest

from app import create_app
from app.settings import Settings
from app.web.intake import LINK_BYTES, pack, unpack

HOST = {"Host": "127.0.0.1"}
HELLO = b"81 85 37 fa 21 3d 7f 9f 4d 51 58"


@pytest.fixture
def app() -> Flask:
    return create_app(Settings(body_bytes=4096), bind=("0.0.0.0", 5000))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_what_is_packed_for_a_link_unfolds_again() -> None:
    assert unpack(pack(HELLO).encode()) == HELLO


@pytest.mark.parametrize(
    "text", [b"", b"\xff", b"!!!!", pack(b"x").encode()[:-3], pack(bytes(LINK_BYTES + 1)).encode()]
)
def test_a_damaged_or_swollen_link_is_refused(text: bytes) -> None:
    with pytest.raises(BadRequest):
        unpack(text)


@pytest.mark.parametrize("query", ["from=nothing", "side=left", "compressed=perhaps", "edits=x", "packed=1"])
def test_what_cannot_be_meant_is_one_sentence(client: FlaskClient, query: str) -> None:
    answer = client.post(f"/api/explain?{query}", data=b"zzzz!", headers=HOST)
    assert answer.status_code == 400
    assert list(answer.json) == ["error"]


@pytest.mark.parametrize("path", ["/api/explain", "/inspect?part=result"])
def test_too_much_is_413(client: FlaskClient, path: str) -> None:
    answer = client.post(path, data=bytes(5000), headers=HOST)
    assert answer.status_code == 413
    assert "larger than" in answer.json["error"]


def test_a_form_is_read_by_hand(client: FlaskClient) -> None:
    answer = client.post("/inspect", data={"text": HELLO.decode()}, headers=HOST)
    assert answer.status_code == 200
    assert "The client sends the text “Hello”" in answer.text
    assert HELLO.decode() in answer.text


@pytest.mark.parametrize("body", [b"818537fa213d7f9f4d5158", b"text=818537fa213d7f9f4d5158"])
def test_a_program_that_calls_everything_a_form_is_understood(client: FlaskClient, body: bytes) -> None:
    headers = HOST | {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.post("/api/explain", data=body, headers=headers)
    assert answer.json[1]["summary"] == "“Hello”"


def test_a_form_of_nonsense_is_a_page_with_one_sentence(client: FlaskClient) -> None:
    headers = HOST | {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (b"&" * 100, b"text=\xff\xfe", b"text=zzz%20not%20bytes"):
        answer = client.post("/inspect", data=body, headers=headers)
        assert answer.status_code == 400
        assert "<h1>" in answer.text and "Traceback" not in answer.text
