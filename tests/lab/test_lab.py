import pytest

from app.lab import lab as module
from app.lab.lab import Busy, Lab, versions
from app.lab.plan import Plan


def test_runs_are_bounded_and_found_by_their_id(lab: Lab) -> None:
    runs = [lab.create(Plan()) for _ in range(module.RUNS)]
    assert lab.run(runs[0].id) is runs[0]
    with pytest.raises(Busy):
        lab.create(Plan())
    lab.end(runs[0])
    assert lab.run(runs[0].id) is None
    assert lab.create(Plan())


def test_a_run_that_is_merely_finished_makes_room(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    first = lab.create(Plan())
    for _ in range(module.RUNS - 1):
        lab.create(Plan())
    monkeypatch.setattr(module, "FINISHED_SECONDS", -1.0)
    assert lab.create(Plan()) and lab.run(first.id) is None


def test_versions_of_what_takes_part_are_told() -> None:
    assert {"python", "system"} <= set(versions())
