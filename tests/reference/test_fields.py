"""The table of fields holds what is drawn."""

from __future__ import annotations

from app.anatomy import explain
from app.protocol.rules import RULES
from app.reference.browser import API
from app.reference.examples import example, told
from app.reference.fields import GROUPS, field_doc
from app.reference.programs import CASES, REACTIONS, ROLES, VERSIONS


def test_a_name_stands_once() -> None:
    names = [name for group in GROUPS.values() for doc in group for name in doc.ids]
    assert len(names) == len(set(names)) > 50


def test_a_part_leads_to_its_whole() -> None:
    assert field_doc("req.key.value") == field_doc("req.key")
    assert field_doc("no.such") is None


def test_the_fields_of_a_frame_and_of_our_headers_are_all_there() -> None:
    found = example("frm.fin-single")
    assert found
    drawn = {field.name for event in told(found.rule) for field in explain(event, found.main).wire.fields}
    unknown = {name for name in drawn if field_doc(name) is None}
    assert unknown <= {"rsv", "req.line", "res.line"}


def test_what_programs_do_is_said_of_rules_that_exist() -> None:
    assert set(CASES) == set(REACTIONS) <= set(RULES)
    assert {one.program for row in REACTIONS.values() for one in row} == set(VERSIONS) == set(ROLES)
    assert all(one.what for row in REACTIONS.values() for one in row)


def test_the_browser_map_names_rules_that_exist() -> None:
    assert {rule for each in API for rule in each.rules} <= set(RULES)
