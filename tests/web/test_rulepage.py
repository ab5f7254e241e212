"""The page of one rule as data."""

from __future__ import annotations

from app.protocol.rules import RULES
from app.reference.examples import example, fold
from app.reference.ways import Way, ways
from app.web.rulepage import Verdict, facts, lessons_of, related, seen_by, verdict


def judged(rule: str, way: Way, *, failed: bool = False) -> Verdict:
    """A verdict on the example itself, as if it had been run that way."""
    found = example(rule)
    assert found
    return verdict(RULES[rule], way, fold(found.main), found.main, done=True, failed=failed)


def test_facts_say_who_how_and_what_follows() -> None:
    assert [fact.value for fact in facts(RULES["frm.mask.client"])] == ["The client", "MUST", "close 1002"]
    assert "one handshake message" in seen_by(RULES["uri.fragment"])


def test_related_rules_are_near_and_never_the_rule_itself() -> None:
    found = [rule.id for rule in related(RULES["frm.mask.client"])]
    assert "frm.mask.server" in found and "frm.mask.client" not in found and len(found) <= 6
    assert "msg.utf8" in [rule.id for rule in related(RULES["frm.mask.bit"])]


def test_a_run_says_where_and_how_both_sides_reacted() -> None:
    found = judged("frm.mask.client", ways("frm.mask.client")[0])
    assert found.fired and found.json["done"]
    assert found.says[1:] == ("Our server sent Close 1002.", "The script answered with the same Close, 1002.")
    assert "of what the client sent" in found.says[0]


def test_an_end_without_a_word_and_a_refusal_are_told_apart() -> None:
    way = Way("client", "server", "rule", 0)
    assert "The script refused with 302." in judged("res.redirect", way).says
    assert "The script ended TCP without a Close frame." in judged("cls.start", way).says
    assert "The script reset TCP." in judged("cls.lost", way).says


def test_silence_means_letting_pass_unless_the_page_knows_better() -> None:
    way = Way("browser", "server", "rule", 0)
    assert "Your browser let it pass." in judged("res.redirect", way).says
    assert (
        "Your browser failed the connection, with no word on the wire." in judged("res.redirect", way, failed=True).says
    )


def test_good_behaviour_breaks_nothing() -> None:
    found = judged("pong.unsolicited", ways("pong.unsolicited")[0])
    assert not found.fired and found.says[0] == "Nothing was broken." and found.seq is not None


def test_a_rule_that_does_not_fire_is_said_not_to() -> None:
    found = example("frm.fin-single")
    assert found
    said = verdict(RULES["frm.rsv"], ways("frm.rsv")[0], fold(found.main), found.main, done=True)
    assert not said.fired and said.says[0] == "The rule did not fire this time."


def test_lessons_are_found_by_what_breaks_in_them() -> None:
    class Lesson:
        slug, title, id, twin_of = "a", "A", 1, ""

    found = example("frm.rsv")
    assert found
    shown = lessons_of("frm.rsv", lambda: [(Lesson(), fold(found.main))])
    assert [(one.slug, one.twin) for one in shown] == [("a", False)]
    assert lessons_of("frm.opcode", lambda: [(Lesson(), fold(found.main))]) == []
