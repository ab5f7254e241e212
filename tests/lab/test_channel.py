import threading

import pytest

from app.lab.channel import Channel
from app.lab.plan import ROWS, Plan, message
from app.lab.result import delays, result, spread, windows
from app.lab.tally import Bytes


def channel(row: str = "ws", plan: Plan | None = None) -> Channel:
    ticks = iter(range(0, 10**9, 1_000_000))
    return Channel(ROWS[row], plan or Plan(32, 3), lambda: next(ticks))


def test_a_client_that_asks_gets_the_next_message_and_no_more_than_there_are() -> None:
    one = channel("poll")
    assert one.next() == [], "nothing has begun"
    one.begin()
    assert [one.next() for _ in range(4)] == [[message(0, 32)], [message(1, 32)], [message(2, 32)], []]


def test_who_waits_gets_everything_that_came_meanwhile() -> None:
    one = channel("long")
    one.emit()
    one.emit()
    assert one.wait(0) == [message(0, 32), message(1, 32)] and one.wait(0) == []


def test_waiting_ends_when_the_run_is_stopped() -> None:
    one = channel("long")
    waiting = threading.Thread(target=one.wait, args=(60,))
    waiting.start()
    one.stop()
    waiting.join(5)
    assert not waiting.is_alive()


def test_the_server_starts_by_itself_where_it_may() -> None:
    one, heard, done = channel(), [], threading.Event()

    def push(payload: bytes) -> None:
        one.tally.add("server", "payload", payload)
        heard.append(payload)
        if len(heard) == 3:
            done.set()

    one.speaks(push)
    one.begin()
    assert done.wait(5)
    one.finish()
    assert heard == [message(index, 32) for index in range(3)]
    assert (one.end - one.setup).of("server", "payload") == 96
    assert windows(one) == [32, 32, 32]
    found = result(one, {0: one.sent[0] + 2_000_000, 2: one.sent[2] + 4_000_000}, "test")
    assert found["delivered"] == 2 and found["delay"] == {"median": 3, "low": 2, "high": 4}
    assert [piece["hex"] for piece in found["sample"]] == [message(1, 32).hex()]


def test_a_reader_that_leaves_ends_the_row() -> None:
    one = channel()

    def push(payload: bytes) -> None:
        raise ConnectionResetError

    one.speaks(push)
    one.begin()
    assert one.stopped.wait(5)


def test_messages_before_the_beginning_do_not_count() -> None:
    one = channel(plan=Plan(32, 3, "client"))
    one.heard(message(0, 32))
    assert not one.arrived
    one.begin()
    one.heard(message(1, 32))
    one.heard(b"x")
    assert set(one.arrived) == {1}, "two messages, and the second is too short to say its number"


def test_delays_are_only_told_of_messages_that_arrived() -> None:
    one = channel(plan=Plan(32, 3, "client"))
    one.begin()
    one.heard(message(1, 32))
    assert delays(one, {0: 0, 1: one.arrived[1] - 500_000}) == [0.5]


def test_a_connection_that_a_message_made_is_set_up_if_it_stays() -> None:
    stays, goes = channel("post"), channel("post-close")
    for one in (stays, goes):
        one.begin()
        one.connect(Bytes({("client", "network"): 112}), lambda: None)
    assert (stays.setup.total(), goes.setup.total()) == (112, 0)


@pytest.mark.parametrize(("values", "middle"), [([3.0, 1.0, 2.0], 2), ([1.0, 2.0], 1.5)])
def test_a_spread_is_median_and_ends(values: list[float], middle: float) -> None:
    assert spread(values) == {"median": middle, "low": min(values), "high": max(values)}
    assert spread([]) is None
