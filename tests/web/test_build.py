"""The page on which frames are put together."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from app import create_app

HOST = {"Host": "127.0.0.1"}
RIGHT = {
    "what": "frame",
    "side": "client",
    "fin": "1",
    "opcode": "1",
    "masked": "1",
    "key": "37fa213d",
    "payload": "Hello",
}


@pytest.fixture
def client() -> FlaskClient:
    return create_app().test_client()


def test_it_begins_with_a_correct_frame(client: FlaskClient) -> None:
    page = client.get("/build", headers=HOST).text
    assert "A correct unit" in page and "818537fa213d7f9f4d5158" in page


def test_a_wrong_choice_is_named_at_its_field(client: FlaskClient) -> None:
    page = client.post("/build?part=1", data=RIGHT | {"masked": "0"}, headers=HOST).text
    assert "This breaks a rule" in page
    mask = page.index(">MASK<")
    assert mask < page.index("fnote bad") < page.index('name="form"')


def test_units_gather_to_a_conversation_that_can_be_diagnosed(client: FlaskClient) -> None:
    page = client.post("/build", data=RIGHT | {"do": "add"}, headers=HOST).text
    said = re.search(r'name="said" value="([^"]+)"', page)
    assert said and said[1] == "client:818537fa213d7f9f4d5158"
    page = client.post("/build", data=RIGHT | {"opcode": "9", "said": said[1]}, headers=HOST).text
    trace = html.unescape(re.findall(r'name="text" form="hand"[^>]*>\n(.*?)</textarea>', page, re.S)[0])
    diagnosed = client.post("/inspect", data={"text": trace}, headers=HOST)
    assert diagnosed.status_code == 200
    assert "TEXT" in diagnosed.text and "PING" in diagnosed.text
    assert 'value=""' in client.post("/build", data=RIGHT | {"said": said[1], "do": "drop:0"}, headers=HOST).text


@pytest.mark.parametrize("bad", [{"key": "no"}, {"opcode": "99"}, {"kind": "hex", "payload": "4"}, {"said": "x:zz"}])
def test_bad_input_is_one_sentence(client: FlaskClient, bad: dict[str, str]) -> None:
    told = client.post("/build?part=1", data=RIGHT | bad, headers=HOST)
    assert told.status_code == 400 and list(told.json) == ["error"]
    page = client.post("/build", data=RIGHT | bad, headers=HOST)
    assert page.status_code == 400 and "<h1>" in page.text


def test_payloads_are_text(client: FlaskClient) -> None:
    page = client.post("/build", data=RIGHT | {"payload": "</textarea><script>alert(1)</script>"}, headers=HOST).text
    assert "<script>alert" not in page


def test_too_much_is_413(client: FlaskClient) -> None:
    assert client.post("/build?part=1", data={"payload": "x" * 2**21}, headers=HOST).status_code == 413
