"""Tables of the reference."""

from __future__ import annotations

from dataclasses import fields

import pytest

from app.protocol.closing import CLOSE_CODES
from app.protocol.rules import RULES
from app.settings import Settings
from app.web.reftables import TABLES, Table, limit_tables, setting_texts, state_tables


def every_table() -> list[Table]:
    made = [table for tables in TABLES.values() for table in tables()]
    return [*made, *state_tables(), *limit_tables(Settings())]


def test_rows_are_as_wide_as_their_heads_and_have_names_of_their_own() -> None:
    for table in every_table():
        assert all(len(row.cells) == len(table.columns) for row in table.rows)
        names = [row.id for row in table.rows]
        assert len(names) == len(set(names)) and not [name for name in names if " " in name]


def test_rules_that_are_named_exist() -> None:
    named = {rule for table in every_table() for row in table.rows for cell in row.cells for rule in cell.rules}
    assert named and named <= set(RULES)


@pytest.mark.parametrize(("code", "said"), [("1000", "yes"), ("1004", "no: reserved"), ("1006", "never")])
def test_close_codes_say_whether_they_travel(code: str, said: str) -> None:
    (table,) = TABLES["close-codes"]()
    row = next(row for row in table.rows if row.id == f"c{code}")
    assert row.cells[2].text.startswith(said)
    assert {f"c{known}" for known in CLOSE_CODES} <= {row.id for row in table.rows}


def test_every_setting_is_explained_and_none_that_names_a_file_is_shown() -> None:
    shown = {row.id for row in limit_tables(Settings())[0].rows}
    assert shown == {field.name for field in fields(Settings) if field.type != "str"} <= setting_texts().keys()


def test_amounts_have_units() -> None:
    cells = {row.id: row.cells[1].text for row in limit_tables(Settings(head_bytes=1000))[0].rows}
    assert (cells["head_bytes"], cells["message_bytes"], cells["head_seconds"]) == ("1000 bytes", "16 MiB", "15 s")
