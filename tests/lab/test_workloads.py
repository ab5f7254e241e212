from typing import Any

import pytest

from app.lab.workloads import WORKLOADS, cost, verdict

BY = {work.id: work for work in WORKLOADS}
NONE = dict.fromkeys(("payload", "framing", "headers", "security", "network"), 0)


def result(row: str, each: int, setup: int = 0, delay: float | None = 1.0) -> dict[str, Any]:
    messages = {"client": {**NONE, "payload": each * 10}, "server": NONE}
    return {
        "row": row,
        "delivered": 10,
        "messages": messages,
        "setup": {"client": {**NONE, "headers": setup}, "server": NONE},
        "delay": delay and {"median": delay},
    }


def choice(work: str, *results: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = verdict(BY[work], [cost(BY[work], one) for one in results])
    return found


def test_set_up_is_shared_by_the_messages_of_a_visit() -> None:
    assert cost(BY["telemetry"], result("ws", 100, 1000)).bytes == 1100
    assert cost(BY["file"], result("ws", 100, 1600)).bytes == 200


def test_a_poll_that_brings_nothing_costs_too() -> None:
    chat = cost(BY["chat"], result("poll", 1000))
    assert chat.bytes == 1000 + (1000 - BY["chat"].size), "every second poll is empty"
    assert chat.delay == 500


@pytest.mark.parametrize(
    ("work", "row", "fits"),
    [
        ("ticker", "poll", False),
        ("ticker", "sse", True),
        ("chat", "sse", False),
        ("chat", "rtc-loose", False),
        ("game", "rtc-loose", True),
        ("telemetry", "post-close", True),
    ],
)
def test_what_a_workload_cannot_do_without(work: str, row: str, fits: bool) -> None:
    found = cost(BY[work], result(row, 100))
    assert found.fits is fits and bool(found.why) is not fits


def test_the_winner_is_counted_among_those_that_fit() -> None:
    found = choice("ticker", result("poll", 1), result("sse", 150, delay=0.5), result("ws", 138, delay=0.7))
    assert (found["bytes"], found["delay"]) == ("ws", "sse")


def test_websocket_is_told_to_be_wrong_where_the_numbers_say_so() -> None:
    assert choice("ticker", result("sse", 150), result("ws", 138))["choice"]["why"] == "oneway"
    assert choice("file", result("post", 1010), result("ws", 1000))["choice"]["why"] == "once"
    assert choice("game", result("rtc-loose", 200), result("ws", 100))["choice"]["why"] == "late"
    assert choice("chat", result("ws", 100), result("rtc", 200))["choice"] == {
        "right": True,
        "why": "cheapest",
        "ratio": 2,
    }


def test_without_anything_that_fits_nothing_wins() -> None:
    assert choice("ticker", result("poll", 1))["bytes"] is None
