"""Budgets inside budgets."""

from app.live.ledger import GRANT, Ledger, make_room
from app.trace import RECORD_COST, Trace


def test_the_smallest_budget_decides() -> None:
    process = Ledger(100)
    one, two = Ledger(80, process), Ledger(80, process)
    assert (one.take(70), two.take(70), two.take(1)) == (70, 30, 0)
    one.give_back()
    assert (one.used, process.used, two.take(60)) == (0, 30, 50)


def test_a_trace_gets_room_as_long_as_there_is_any() -> None:
    ledger, trace = Ledger(GRANT + 500), Trace("c1", limit=0)
    make_room(trace, 10, ledger)
    assert trace.limit == GRANT and trace.add(0, "client", bytes(10))
    size = trace.limit - trace.cost - RECORD_COST + 400
    make_room(trace, size, ledger)
    assert trace.add(0, "client", bytes(size)) and ledger.used == GRANT + 500
    make_room(trace, 500, ledger)
    assert not trace.add(0, "client", bytes(500)) and trace.stopped == 0
