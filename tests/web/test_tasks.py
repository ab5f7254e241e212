"""Tasks over HTTP, as JSON and as a form; and lessons that are played over real connections."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlencode

from app.lessons import play
from app.lessons.given import draw
from app.web.pages import recorded, shelf
from tests.web.conftest import Caller

PATH = "/learn/the-answer/task"


def accept(seed: int) -> str:
    task = next(task for task in shelf()["the-answer"].tasks if task.id == "accept")
    return draw(task, seed)["nonce.accept"]


def test_a_right_answer(call: Caller) -> None:
    answer = call("POST", PATH, {"task": "accept", "answer": accept(3), "seed": 3})
    assert answer.status == 200
    assert answer.json == {"right": True, "reasons": ["A browser would open the connection now."]}


def test_a_wrong_answer_says_why(call: Caller) -> None:
    answer = call("POST", PATH, {"task": "accept", "answer": accept(3), "seed": 4})
    assert answer.json["right"] is False
    assert answer.json["reasons"]


def test_lists_of_numbers_may_be_lists(call: Caller) -> None:
    assert call("POST", PATH, {"task": "all-alike", "answer": [2]}).json["right"] is True
    assert call("POST", PATH, {"task": "all-alike", "answer": "1"}).json["right"] is False


def test_what_is_not_there(call: Caller) -> None:
    assert call("POST", "/learn/nothing/task", {"task": "accept"}).status == 404
    assert call("POST", PATH, {"task": "nothing"}).status == 404
    assert call("POST", PATH, ["accept"]).status == 400
    assert call("POST", PATH, {"task": "accept", "answer": "x" * 900_000}).status == 413
    assert call("GET", PATH).status == 405


def test_a_page_of_another_site_may_not_ask(call: Caller) -> None:
    assert call("POST", PATH, {"task": "accept"}, Origin="http://evil.example").status == 403


def test_a_form_gets_a_page_with_the_verdict(call: Caller) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", call.port, timeout=10)
    body = urlencode({"task": "accept", "answer": "<b>", "seed": "0", "step": "4"})
    connection.request("POST", PATH, body, {"Content-Type": "application/x-www-form-urlencoded"})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    assert response.status == 200
    assert "Not yet" in text and "&lt;b&gt;" in text and "<b>" not in text
    assert 'href="/learn/the-answer?step=4#accept"' in text


def test_a_lesson_of_several_connections_is_played_over_real_ones(call: Caller) -> None:
    assert call("POST", "/api/sessions/bench/gate", {"mode": "run"}).status == 200
    made = call("POST", "/api/sessions/bench/script", {"lesson": "the-answer"})
    assert made.status == 200, made.body
    session = call.server.hub.sessions.named("bench")
    example = play(shelf()["the-answer"])
    for part, id in zip(shelf()["the-answer"].parts, made.json["connections"], strict=True):
        connection = session.connection(id)
        assert connection and connection.closed.wait(10)
        assert connection.app == part.live
        status = connection.trace.bytes("server").split(b" ")[1]
        assert status == example.traces[part.name].bytes("server").split(b" ")[1]
        bound = call("GET", f"/learn/the-answer/bind?session=bench&connection={id}").json
        steps = [step for step in shelf()["the-answer"].steps if step.at.event.part == part.name]
        assert all(bound["steps"][step.number - 1] is not None for step in steps)
        assert json.dumps(bound["values"])


def test_the_recorded_example_shows_every_connection(call: Caller) -> None:
    events = call("GET", "/learn/the-answer/events").json["events"]
    assert [event["seq"] for event in events] == list(range(len(recorded("the-answer").events)))
    page = call("GET", "/learn/the-answer?open=sha1-is-too-weak").body.decode()
    assert 'data-step="3"' in page and 'class="cur"' in page
