"""Everything that can be taken away, for every kind of source."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.web.exports import EXPORTS
from app.web.inspect import EXAMPLE

HOST = {"Host": "127.0.0.1"}
CAPTURES = Path(__file__).parent.parent / "examples" / "captures"


@pytest.fixture
def client() -> FlaskClient:
    return create_app().test_client()


@pytest.mark.parametrize("kind", EXPORTS)
def test_a_dump_can_be_taken_away(client: FlaskClient, kind: str) -> None:
    answer = client.post(f"/inspect/export/{kind}?seq=0", data=EXAMPLE.encode(), headers=HOST)
    assert answer.status_code == 200 and answer.data


@pytest.mark.parametrize("kind", EXPORTS)
def test_a_source_without_frames_gives_what_it_can(client: FlaskClient, kind: str) -> None:
    answer = client.post(f"/inspect/export/{kind}", data=(CAPTURES / "playwright.har").read_bytes(), headers=HOST)
    assert answer.status_code == (400 if EXPORTS[kind].wire else 200)


def test_a_link_opens_what_it_was_made_from(client: FlaskClient) -> None:
    for query in ("", "edits=import~client~f4"):
        packed = client.post(f"/inspect/export/link?{query}", data=EXAMPLE.encode(), headers=HOST).data
        page = client.post("/inspect?part=result&packed=1", data=packed, headers=HOST)
        assert page.status_code == 200
        assert "“are you there?”" in page.text


def test_a_link_does_not_grow_without_end(client: FlaskClient) -> None:
    data = random.Random(1).randbytes(20_000).hex().encode()
    answer = client.post("/inspect/export/link", data=data, headers=HOST)
    assert answer.status_code == 400 and "too long for a link" in answer.json["error"]


def test_an_unknown_kind_is_404(client: FlaskClient) -> None:
    assert client.post("/inspect/export/exe", data=EXAMPLE.encode(), headers=HOST).status_code == 404
