"""Rules that are really run, over real TCP."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.web.conftest import Caller

TRIES = 100
PAUSE = threading.Event()


def run(call: Caller, rule: str, way: str) -> dict[str, Any]:
    """Run a rule and wait for its end."""
    opened = call("POST", "/api/sessions", {}).json
    answer = call("POST", f"/api/sessions/{opened['id']}/rule", {"rule": rule, "way": way})
    assert answer.status == 200, answer.body
    place = answer.json
    path = f"/api/sessions/{place['session']}/verdict?rule={rule}&way={way}&connection={place['connection']}"
    for _ in range(TRIES):
        verdict: dict[str, Any] = call("GET", path).json
        if verdict["done"]:
            return verdict | place
        PAUSE.wait(0.1)
    raise AssertionError(verdict)


@pytest.mark.parametrize(
    ("rule", "way", "said"),
    [
        ("frm.mask.client", "endpoint", "Our server sent Close 1002."),
        ("req.version.13", "endpoint", "Our server refused with 426."),
        ("frm.truncated", "endpoint", "The script ended TCP without a Close frame."),
        ("frm.mask.server", "client", "Our client sent Close 1002."),
        ("res.accept.value", "client", "Our client ended TCP without a Close frame."),
        ("res.non101", "replay", "The rule was broken"),
    ],
)
def test_a_broken_rule_fires_and_the_reaction_is_told(call: Caller, rule: str, way: str, said: str) -> None:
    verdict = run(call, rule, way)
    assert verdict["fired"]
    assert any(line.startswith(said) for line in verdict["says"]), verdict["says"]


def test_first_bytes_that_name_nobody_are_found_among_the_strays(call: Caller) -> None:
    verdict = run(call, "conn.procedure", "endpoint")
    assert verdict["fired"] and verdict["session"] == "strays"


def test_good_behaviour_is_shown(call: Caller) -> None:
    assert run(call, "pong.unsolicited", "endpoint")["says"][0] == "Nothing was broken."


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"rule": "no.rule", "way": "endpoint"}, 404),
        ({"rule": "frm.rsv", "way": "sideways"}, 404),
        ({"rule": "frm.rsv", "way": "browser"}, 400),
        ({}, 404),
        ([], 404),
    ],
)
def test_what_cannot_be_run_is_said(call: Caller, body: Any, status: int) -> None:
    answer = call("POST", "/api/sessions/rules/rule", body)
    assert answer.status == status and answer.json["error"]


def test_a_run_is_a_command(outside: Caller) -> None:
    opened = outside("POST", "/api/sessions", {}).json
    path, body = f"/api/sessions/{opened['id']}/rule", {"rule": "frm.rsv", "way": "endpoint"}
    assert outside("POST", path, body).status == 403
    assert outside("POST", path, body, Authorization=f"Bearer {opened['key']}").status == 200


def test_a_verdict_needs_a_connection(call: Caller) -> None:
    opened = call("POST", "/api/sessions", {}).json
    path = f"/api/sessions/{opened['id']}/verdict?rule=frm.rsv&way=endpoint"
    assert call("GET", path).status == 404
