"""The examples as the product finds them."""

from __future__ import annotations

from app.protocol.rules import RULES
from app.reference.examples import BESIDE, example, folder, told, worth_seeing


def test_every_rule_that_can_be_seen_has_its_example() -> None:
    assert folder() == BESIDE
    assert all((example(rule.id) is not None) == (rule.observe != "teach") for rule in RULES.values())


def test_an_unknown_name_leads_nowhere() -> None:
    assert example("../secrets") is None and example("no.rule") is None


def test_the_main_connection_shows_the_rule() -> None:
    found = example("cls.backoff")
    assert found and found.shown and found.main.connection == found.shown.connection == "c4"


def test_what_is_worth_seeing_carries_the_violation() -> None:
    for rule in RULES.values():
        event = worth_seeing(rule.id)
        assert (event is None) == (rule.observe == "teach" or not told(rule.id)), rule.id
    event = worth_seeing("frm.mask.client")
    assert event and event.kind == "frame" and [v.rule for v in event.violations] == ["frm.mask.client"]
