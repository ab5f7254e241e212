"""The page that takes any bytes, and its call."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.__main__ import main
from app.web.inspect import EXAMPLE

HOST = {"Host": "127.0.0.1"}
CAPTURES = Path(__file__).parent.parent / "examples" / "captures"


@pytest.fixture
def client() -> FlaskClient:
    return create_app().test_client()


@pytest.mark.parametrize(
    "name", ["s1-chromium-nodews-deflate.pcapng", "s6-malformed-vs-nodews.pcapng", "playwright.har"]
)
def test_the_call_answers_what_the_command_prints(
    client: FlaskClient, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    main(["explain", "--json", str(CAPTURES / name)])
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    answer = client.post("/api/explain", data=(CAPTURES / name).read_bytes(), headers=HOST)
    assert answer.json == printed


def test_the_call_takes_format_and_side(client: FlaskClient) -> None:
    source, *events = client.post("/api/explain?from=raw&side=server", data=b"\x81\x01A", headers=HOST).json
    assert source["format"] == "raw"
    assert {event["side"] for event in events} == {"server"}


def test_the_call_refuses_other_pages(client: FlaskClient) -> None:
    answer = client.post("/api/explain", data=b"81 00", headers=HOST | {"Origin": "http://evil.example"})
    assert answer.status_code == 403


def test_the_empty_page_has_a_box(client: FlaskClient) -> None:
    page = client.get("/inspect", headers=HOST)
    assert page.status_code == 200
    assert "<textarea" in page.text and 'action="/inspect"' in page.text
    assert "never stored" in page.text


def test_an_answer_says_what_was_detected_and_what_is_broken(client: FlaskClient) -> None:
    page = client.post("/inspect?part=result", data=EXAMPLE.encode(), headers=HOST).text
    assert "hexadecimal dump · 49 bytes · client to server" in page
    assert "no line ignored" in page
    assert "c3 begins a character that 28 cannot continue" in page
    assert "closes with 1007" in page
    assert "Nearest legal bytes" in page


def test_bytes_are_asked_about_by_their_hash_and_may_be_gone(client: FlaskClient) -> None:
    page = client.post("/inspect?part=result", data=EXAMPLE.encode(), headers=HOST).text
    digest = re.search(r'data-of="([0-9a-f]{64})"', page)
    assert digest
    again = client.post(f"/inspect?part=result&of={digest[1]}&seq=0", headers=HOST)
    assert "“Hello”" in again.text
    gone = client.post(f"/inspect?part=result&of={'0' * 64}", headers=HOST)
    assert gone.status_code == 410 and "hand them in again" in gone.json["error"]


def test_an_edit_changes_the_diagnosis_and_says_that_it_is_a_copy(client: FlaskClient) -> None:
    page = client.post("/inspect?part=result&edits=import~client~f4", data=EXAMPLE.encode(), headers=HOST).text
    assert "1 bit differs" in page


def test_many_connections_are_sorted_by_how_they_ended(client: FlaskClient) -> None:
    data = (CAPTURES / "s6-malformed-vs-nodews.pcapng").read_bytes()
    page = client.post("/inspect?part=result", data=data, headers=HOST).text
    assert "38 connections, the most abnormal ending first" in page
    assert page.index("No Close frame: TCP ended first") < page.index("Closed with Close frames")
    assert "Side by side" in page


def test_payloads_can_be_searched(client: FlaskClient) -> None:
    page = client.post("/inspect?part=result&search=there", data=EXAMPLE.encode(), headers=HOST).text
    assert "PING" in page and page.count('class="dir"') == 1


@pytest.mark.parametrize(
    "path", sorted(CAPTURES.glob("*.pcap*")) + sorted(CAPTURES.glob("*.har")), ids=lambda p: p.name
)
def test_every_capture_gives_a_page(client: FlaskClient, path: Path) -> None:
    answer = client.post("/inspect?part=result", data=path.read_bytes(), headers=HOST)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"<script>alert(1)</script>",
        b"GET / HTTP/1.1\r\nCookie: <b>\r\n",
        b"\x81\x7f" + b"\xff" * 8,
        b"\x81\xfe",
    ],
)
def test_hostile_bytes_never_break_the_page(client: FlaskClient, data: bytes) -> None:
    for query in ("part=result", "part=result&from=raw", "part=result&from=raw&side=server&compressed=yes", "from=raw"):
        answer = client.post(f"/inspect?{query}", data=data, headers=HOST)
        assert answer.status_code in (200, 400)
        assert "<script>alert" not in answer.text
        assert "Traceback" not in answer.text
