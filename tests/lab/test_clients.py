import threading
from typing import Any

import pytest

from app.lab.clients import Failed, measure, race
from app.lab.lab import Lab, missing
from app.lab.plan import RACE_EVENTS, Plan
from app.lab.tally import LAYERS

LESS = Plan(size=200, count=4)


def each(found: dict[str, Any], side: str) -> dict[str, float]:
    return {layer: found["messages"][side][layer] / found["count"] for layer in LAYERS if layer != "network"}


def needs(row: str) -> None:
    if row in missing():
        pytest.skip(f"{missing()[row]} is not installed")


def test_a_websocket_message_of_200_bytes_has_a_header_of_4_from_the_server_and_8_from_the_client(lab: Lab) -> None:
    down = measure(lab, lab.create(LESS), "ws")
    assert each(down, "server") == {"payload": 200, "framing": 4, "headers": 0, "security": 0}
    up = measure(lab, lab.create(Plan(200, 4, "client")), "ws")
    assert each(up, "client") == {"payload": 200, "framing": 8, "headers": 0, "security": 0}
    assert up["setup"]["server"]["headers"] == 129, "the shortest possible 101"


def test_tls_adds_22_bytes_to_each_record(lab: Lab) -> None:
    found = measure(lab, lab.create(LESS), "wss")
    assert each(found, "server") == {"payload": 200, "framing": 4, "headers": 0, "security": 22}


def test_compression_makes_payload_smaller_and_framing_no_larger(lab: Lab) -> None:
    found = each(measure(lab, lab.create(LESS), "ws-deflate"), "server")
    assert found["payload"] < 200 and found["framing"] <= 4


def test_an_event_has_a_chunk_around_it(lab: Lab) -> None:
    found = measure(lab, lab.create(LESS), "sse")
    assert each(found, "server")["framing"] == len(b"d0\r\ndata: \n\n\r\n")


@pytest.mark.parametrize(("row", "sender"), [("poll", "server"), ("post", "client")])
def test_a_connection_that_stays_is_set_up_once(lab: Lab, row: str, sender: Any) -> None:
    found = measure(lab, lab.create(Plan(32, 4, sender)), row)
    assert found["setup"]["client"]["network"] == 112 and found["setup_connections"] == 1
    assert found["delivered"] == 4 and found["message_connections"] == 0


def test_a_connection_for_each_message_is_paid_for_with_it(lab: Lab) -> None:
    found = measure(lab, lab.create(Plan(32, 4)), "poll-close")
    assert sum(found["setup"]["client"].values()) == 0 and found["message_connections"] == 4


def test_a_cookie_goes_with_every_request(lab: Lab) -> None:
    with_one, without = (
        each(measure(lab, lab.create(Plan(32, 4, cookies=on)), "poll"), "client") for on in (True, False)
    )
    assert with_one["headers"] - without["headers"] == len("Cookie: \r\n") + 188


def test_a_data_channel_carries_messages_in_dtls(lab: Lab) -> None:
    needs("rtc")
    found = measure(lab, lab.create(LESS), "rtc")
    assert each(found, "server")["payload"] == 200 and each(found, "server")["security"] == 37
    assert found["network"] == "datagrams" and found["setup"]["client"]["headers"] > 0, "signalling counts as set-up"


def test_http2_refers_to_headers_that_were_sent_before(lab: Lab) -> None:
    needs("h2")
    up, tunnel = (measure(lab, lab.create(Plan(200, 4, "client")), row) for row in ("h2", "ws-h2"))
    assert each(up, "client")["headers"] < 30 and each(up, "client")["payload"] == 200
    assert each(tunnel, "client")["framing"] == 9 + 8


def test_a_row_says_so_when_it_cannot_carry_from_that_side(lab: Lab) -> None:
    with pytest.raises(Failed):
        measure(lab, lab.create(Plan(sender="client")), "sse")


def test_in_the_race_pushed_news_comes_before_the_next_question(lab: Lab) -> None:
    found = race(lab, lab.create(Plan()), ["poll", "sse", "ws"])["lanes"]
    delays = {
        row: [b - a for a, b in zip(lane["events"], lane["arrivals"], strict=True)] for row, lane in found.items()
    }
    assert all(len(lane) == len(RACE_EVENTS) for lane in delays.values())
    assert min(delays["poll"]) > max(delays["ws"] + delays["sse"])


def test_a_run_is_stopped_in_the_middle(lab: Lab) -> None:
    run = lab.create(Plan(32, 1000))
    seen = threading.Event()
    outcome: list[Exception] = []

    def go() -> None:
        try:
            measure(lab, run, "ws", told=lambda n: seen.set())
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=go)
    thread.start()
    assert seen.wait(5)
    lab.end(run)
    thread.join(12)
    assert not thread.is_alive() and isinstance(outcome[0], Failed | OSError)
