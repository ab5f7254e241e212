"""Which rules can be run from their page, and how: every way was rehearsed."""

from __future__ import annotations

from collections import Counter

import pytest

from app.protocol.rules import RULES
from app.reference.ways import WHY_NOT, player, scripts, ways, why_not


def test_every_rule_can_be_run_or_says_why_not() -> None:
    for rule in RULES:
        assert bool(ways(rule)) != bool(why_not(rule)), rule


def test_how_many_rules_run() -> None:
    names = Counter(way.name for rule in RULES for way in ways(rule))
    runs = sum(bool(ways(rule)) for rule in RULES)
    teach = sum(rule.observe == "teach" for rule in RULES.values())
    assert (len(RULES), runs, len(WHY_NOT), teach) == (192, 158, 15, 19)
    assert names == {"endpoint": 98, "browser": 62, "client": 43, "replay": 15}


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ("frm.mask.client", ["endpoint"]),
        ("frm.mask.server", ["browser", "client"]),
        ("frm.rsv", ["endpoint", "browser"]),
        ("res.client-validate", ["replay"]),
        ("cls.backoff", []),
        ("conn.pac-uri", []),
    ],
)
def test_who_a_rule_is_run_against(rule: str, names: list[str]) -> None:
    assert [way.name for way in ways(rule)] == names


def test_a_mirror_is_played_where_the_example_errs_on_the_other_side() -> None:
    assert [way.script for way in ways("frm.rsv")] == ["echo", "mirror.frm.rsv"]
    assert [way.script for way in ways("frm.mask.server")] == ["rule.frm.mask.server"] * 2


def test_time_is_told_only_where_the_rule_needs_it() -> None:
    assert ways("frm.rsv")[0].seconds == 0 and ways("ping.soon")[0].seconds > 2


def test_every_script_that_a_page_names_exists() -> None:
    names = {way.script for rule in RULES for way in ways(rule)} - {"echo"}
    made = scripts()
    assert names <= made.keys() and all(made[name]() for name in names)


def test_no_script_without_an_example() -> None:
    assert player("conn.pac-uri", "rule") is None and player("req.no-early-data", "mirror") is None
