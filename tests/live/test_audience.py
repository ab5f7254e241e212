"""The shared log and its cursors."""

import json
import threading

from app.live.audience import Batch, Log, encode


def test_everybody_reads_from_their_own_place() -> None:
    log = Log(keep=10)
    start = log.end
    log.append(["1", "2"])
    log.append(["3"])
    assert log.read(start) == Batch(start + 3, False, ["1", "2", "3"])
    assert log.read(start + 2).news == ["3"] and log.read(start + 3).news == []


def test_who_is_too_far_behind_or_ahead_has_a_gap() -> None:
    log = Log(keep=2)
    start = log.end
    log.append(["1", "2", "3"])
    assert log.read(start).gap and not log.read(start + 1).gap and log.read(log.end + 1).gap


def test_positions_of_an_earlier_life_are_gaps() -> None:
    log = Log(keep=2)
    assert log.read(log.end - 1).gap


def test_a_message_is_encoded_once_for_all_at_one_place() -> None:
    log = Log(keep=10)
    start = log.end
    log.append(['{"kind":"x"}'])
    first, second = log.message(start), log.message(start)
    assert first[2] is second[2]
    assert json.loads(first[2]) == {"position": start + 1, "gap": False, "news": [{"kind": "x"}]}
    assert json.loads(encode(Batch(1, True, []))) == {"position": 1, "gap": True, "news": []}


def test_listeners_are_told_once_each() -> None:
    log, told = Log(keep=10), []

    def tell() -> None:
        told.append(1)

    log.listen(tell)
    log.listen(tell)
    log.append(["1"])
    assert len(told) == 1
    log.leave(tell)
    log.append([])
    log.append(["2"])
    log.leave(tell)
    log.append(["3"])
    assert len(told) == 2


def test_waiting_ends_with_news() -> None:
    log = Log(keep=10)
    start = log.end
    assert not log.wait(start, 0)
    threading.Thread(target=log.append, args=(["1"],)).start()
    assert log.wait(start, 5)
