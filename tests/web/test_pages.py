"""The pages and fragments over HTTP; how they look and behave is tested in a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app import create_app
from app.web.pages import CALLS
from app.words import WORDS
from tests.web.conftest import Caller

ROOT = Path(__file__).parents[2]
LESSON = "/learn/one-conversation"


@pytest.mark.parametrize("path", ["/", LESSON, f"{LESSON}?step=3&field=key", "/live/fresh", "/reference/api"])
def test_a_page_carries_no_inline_script_or_style(call: Caller, path: str) -> None:
    page = call("GET", path)
    text = page.body.decode()
    assert page.status == 200
    assert 'lang="en"' in text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", text)


def test_the_address_chooses_step_and_field(call: Caller) -> None:
    text = call("GET", f"{LESSON}?step=3&field=key").body.decode()
    assert re.search(r'<section data-step="3"[^>]*class="cur"', text)
    assert re.search(r'<section class="close only-more f-key" data-for="key" aria-label="[^"]*">', text)


@pytest.mark.parametrize(
    "path", [f"{LESSON}/explain?seq=9999", f"{LESSON}?seq=x9", "/learn/none", "/live/Bad-Name", "/no"]
)
def test_what_does_not_exist_is_404_or_the_first_step(call: Caller, path: str) -> None:
    answer = call("GET", path)
    assert answer.status == (200 if "x9" in path else 404)
    assert b"<h1>" in answer.body


def test_looking_at_a_session_does_not_open_it(call: Caller) -> None:
    assert call("GET", "/live/unopened").status == 200
    assert call("GET", "/api/sessions/unopened").status == 404


def test_the_events_and_fragments_of_a_lesson_agree(call: Caller) -> None:
    for event in call("GET", f"{LESSON}/events").json["events"]:
        text = call("GET", f"{LESSON}/explain?seq={event['seq']}").body.decode()
        assert f'data-seq="{event["seq"]}"' in text


def test_a_held_unit_that_has_gone_is_no_error(call: Caller) -> None:
    call("POST", "/api/sessions/gone/gate", {"mode": "run"})
    sent = call("POST", "/api/sessions/gone/send", {"as": "client", "kind": "text", "text": "Hello"})
    path = f"/api/sessions/gone/explain?connection={sent.json['connection']}"
    assert call("GET", f"{path}&held=7").status == 204
    assert call("GET", f"{path}&seq=0").status == 200


@pytest.mark.parametrize("name", [name for name, _, _ in CALLS])
def test_every_call_of_the_reference_exists(name: str) -> None:
    method, path = name.split(" ", 1)
    routes = create_app().url_map.bind("localhost")
    socket = method == "WS"
    path = path.replace("LESSON", "one-conversation").replace("ID", "x1")
    assert routes.match(path, "GET" if socket else method, websocket=socket)


def test_every_word_of_the_templates_is_in_the_catalogue() -> None:
    used = set()
    for file in (ROOT / "templates").rglob("*.html"):
        used |= set(re.findall(r"\bt\('([a-z0-9.-]+)'[,)]", file.read_text()))
    assert used <= WORDS.keys()
