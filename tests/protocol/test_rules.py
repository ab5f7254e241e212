"""The table of rules: complete, in order, and every column usable."""

from collections import Counter
from itertools import groupby
from typing import get_args

import pytest

from app.protocol.rules import GROUPS, RULES, SEEN, Binds, Rule, Severity


def every(**columns: object) -> list[Rule]:
    return [rule for rule in RULES.values() if all(getattr(rule, name) == want for name, want in columns.items())]


def test_there_are_192_rules_and_each_is_found_by_its_id() -> None:
    assert len(RULES) == 192
    assert all(key == rule.id for key, rule in RULES.items())


def test_what_can_be_observed() -> None:
    assert Counter(rule.observe for rule in RULES.values()) == {"violation": 130, "behaviour": 43, "teach": 19}


def test_rules_follow_a_connection_from_the_address_to_compressed_messages() -> None:
    assert [group for group, _ in groupby(rule.group for rule in RULES.values())] == list(GROUPS)
    milestones = ["uri.scheme", "req.method", "res.101", "frm.rsv", "msg.start", "ping.reply", "cls.reply", "pmd.bomb"]
    ids = list(RULES)
    assert sorted(milestones, key=ids.index) == milestones


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_every_column_is_filled(rule: Rule) -> None:
    assert rule.section and rule.level and rule.text.endswith((".", ")"))
    assert rule.binds in get_args(Binds)
    assert rule.seen and set(rule.seen) <= SEEN.keys()
    assert (rule.severity is not None) == (rule.observe == "violation")
    if rule.observe == "violation":
        assert rule.severity in get_args(Severity)
        assert rule.breach and rule.outcome


def test_close_codes_may_be_sent() -> None:
    answered = [rule for rule in RULES.values() if rule.close_code]
    assert {rule.close_code for rule in answered} == {1002, 1003, 1007, 1009, 1010}
    assert all(str(rule.close_code) in rule.outcome for rule in answered)
    assert not any(rule.observe == "teach" for rule in answered)


def test_a_frame_that_cannot_be_accepted_says_which_code_answers_it() -> None:
    """RFC 6455 5.2 to 5.6: what the frame parser itself can prove ends the connection, and with which code."""
    proven = [rule for rule in every(severity="error") if rule.seen == ("F",)]
    silent = {"frm.truncated", "cls.no-data-after"}  # nobody is left to answer, or nobody has to
    assert {rule.id for rule in proven if rule.close_code is None} == silent


def test_close_codes_that_the_rfc_only_leaves_unused_are_warnings() -> None:
    """RFC 6455 7.4: the local codes are forbidden on the wire; other odd numbers are refused only by strict peers."""
    severities = {name: RULES[f"cls.code.{name}"].severity for name in ("local-only", "unused", "unassigned")}
    assert severities == {"local-only": "error", "unused": "warning", "unassigned": "warning"}
    assert {RULES[f"cls.code.{name}"].close_code for name in severities} == {1002}
