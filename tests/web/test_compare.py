"""The comparison lab's page and its calls."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.web.conftest import Caller

RUNS = "/api/compare/runs"
SMALL = {"size": 32, "count": 2, "sender": "client"}


@pytest.fixture
def run(call: Caller) -> str:
    return str(call("POST", RUNS, SMALL).json["id"])


def measured(call: Caller, run: str, row: str = "ws") -> Any:
    answer = call("POST", f"{RUNS}/{run}/rows/{row}/python", {})
    assert answer.status == 200, answer.body
    return answer.json


def test_the_page_may_talk_to_the_lab_and_to_nobody_else(call: Caller) -> None:
    answer = call("GET", "/compare")
    base = call("POST", RUNS, SMALL).json["base"].split("/")[0]
    assert answer.status == 200
    assert f"connect-src 'self' http://{base} ws://{base};" in answer.headers["Content-Security-Policy"]
    other = call("GET", "/").headers["Content-Security-Policy"]
    assert "connect-src 'self';" in other, "only the compare page may"


def test_the_page_shows_recorded_figures_before_anything_is_measured(call: Caller) -> None:
    text = call("GET", "/compare").body.decode()
    assert text.count('<th scope="row">') == 4
    assert "Recorded figures, not from your machine" in text


def test_a_row_is_measured_and_can_be_exported(call: Caller, run: str) -> None:
    found = measured(call, run)
    assert found["messages"]["client"]["payload"] == 64 and found["source"] == "measured"
    exported = call("GET", f"{RUNS}/{run}/results.json")
    assert exported.json["results"] == [found]
    assert exported.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(call("GET", f"{RUNS}/{run}/results.csv").body.decode())))
    assert rows[0]["messages_client_payload"] == "64"
    assert call("GET", f"{RUNS}/{run}/results.exe").status == 404


def test_the_measured_websocket_opens_in_the_workbench(call: Caller, run: str) -> None:
    measured(call, run)
    url = call("POST", f"{RUNS}/{run}/rows/ws/workbench", {}).json["page_url"]
    assert call("GET", url).status == 200
    events = call("GET", url.replace("/live/", "/api/sessions/") + "/events").json["events"]
    kinds = [event["kind"] for event in events]
    assert kinds[:2] == ["request", "response"] and kinds.count("message") >= 2
    assert kinds[-2:] == ["end", "end"], "both sides said that they were done"
    assert not [event for event in events if event["violations"]]


def test_only_a_websocket_opens_there(call: Caller, run: str) -> None:
    assert call("POST", f"{RUNS}/{run}/rows/ws/workbench", {}).status == 404
    measured(call, run, "post")
    assert call("POST", f"{RUNS}/{run}/rows/post/workbench", {}).status == 404


def test_a_stopped_run_measures_no_more_and_keeps_what_it_has(call: Caller, run: str) -> None:
    measured(call, run)
    assert call("POST", f"{RUNS}/{run}/stop", {}).json == {"stopped": True}
    assert call("POST", f"{RUNS}/{run}/rows/ws/open", {}).status == 409
    assert len(call("GET", f"{RUNS}/{run}/results.json").json["results"]) == 1


def test_a_new_run_replaces_the_old_one(call: Caller, run: str) -> None:
    for _ in range(8):
        new = call("POST", RUNS, {**SMALL, "replaces": run})
        assert new.status == 201
        run = new.json["id"]


def test_too_many_runs_are_told_to_wait(call: Caller) -> None:
    answers = [call("POST", RUNS, SMALL) for _ in range(5)]
    assert [answer.status for answer in answers] == [201] * 4 + [503]
    assert answers[-1].headers["Retry-After"]


@pytest.mark.parametrize("body", [[], {"size": 0}, {"sender": "nobody"}])
def test_a_plan_that_cannot_be_measured_is_refused(call: Caller, body: Any) -> None:
    answer = call("POST", RUNS, body)
    assert answer.status == 400 and answer.json["error"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("rows/ws/begin", {}, 409),
        ("rows/ws/finish", {"times": {}}, 409),
        ("rows/nothing/open", {}, 404),
        ("rows/nothing/python", {}, 404),
        ("rows/sse/python", {}, 409),
        ("race/finish", {}, 400),
        ("race/finish", {"starts": 0, "times": {"ws": {"a": 1}}}, 400),
    ],
)
def test_calls_out_of_order_are_refused_in_one_sentence(
    call: Caller, run: str, path: str, body: Any, status: int
) -> None:
    answer = call("POST", f"{RUNS}/{run}/{path}", body)
    assert answer.status == status and answer.json["error"]


@pytest.mark.parametrize("times", [[], {"a": 1}, {"0": "x"}, {"0": [1]}, {str(n): 1 for n in range(1001)}])
def test_times_must_be_numbers(call: Caller, run: str, times: Any) -> None:
    call("POST", f"{RUNS}/{run}/rows/post/open", {})
    call("POST", f"{RUNS}/{run}/rows/post/begin", {})
    assert call("POST", f"{RUNS}/{run}/rows/post/finish", {"times": times}).status == 400


def test_an_unknown_run_is_not_there(call: Caller) -> None:
    assert call("POST", f"{RUNS}/0000/rows/ws/open", {}).status == 404


def test_workloads_are_judged_from_results(call: Caller, run: str) -> None:
    results = [measured(call, run, row) for row in ("post", "ws")]
    verdicts = call("POST", "/api/compare/workloads", {"telemetry": results}).json
    telemetry = next(one for one in verdicts if one["workload"] == "telemetry")
    assert telemetry["bytes"] in ("post", "ws") and telemetry["choice"]["ratio"] > 0
    assert call("POST", "/api/compare/workloads", {"telemetry": [{"row": "ws"}]}).status == 400


def test_pages_of_other_origins_cannot_measure(call: Caller) -> None:
    assert call("POST", RUNS, SMALL, Origin="http://evil.example").status == 403


def test_where_others_can_reach_the_server_only_recorded_figures_are_shown(outside: Caller) -> None:
    answer = outside("GET", "/compare")
    assert answer.status == 200 and "run your own to measure" in answer.body.decode()
    assert "connect-src 'self';" in answer.headers["Content-Security-Policy"]
    assert outside("POST", RUNS, SMALL).status == 403
