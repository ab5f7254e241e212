import csv
import io

from app.lab import recorded, table
from app.lab.plan import ROWS, SIZES


def test_the_table_has_a_line_for_each_row_and_marks_what_was_recorded() -> None:
    found = recorded.result("ws", 32, "server")
    assert found
    head, line = table.lines([found])
    assert "total" in head and line.startswith("WebSocket *")


def test_csv_has_as_many_figures_as_heads() -> None:
    found = [recorded.result(row, 32, "server") for row in ("poll", "ws")]
    rows = list(csv.reader(io.StringIO(table.csv_text([one for one in found if one]))))
    assert len(rows) == 3 and len({len(row) for row in rows}) == 1
    assert [row[0] for row in rows] == ["row", "poll", "ws"]


def test_every_row_was_recorded_at_every_size_with_date_and_versions() -> None:
    about = recorded.load()
    assert about["date"] and about["client"] and about["versions"]["aiortc"]
    wanted = [(row.id, size, side) for row in ROWS.values() for side in row.sides for size in SIZES]
    assert [one for one in wanted if recorded.result(*one) is None] == []
    assert len(about["workloads"]) == 5 and set(about["race"]["lanes"]) == {"poll", "sse", "ws", "rtc"}


def test_what_was_not_recorded_is_not_made_up() -> None:
    assert recorded.result("ws", 33, "server") is None
