import pytest

from app.lab.plan import ROWS, SIZES, Plan, Unclear, cookie, index_of, message, read_plan


@pytest.mark.parametrize("size", SIZES)
def test_a_message_has_exactly_its_size_and_says_its_number(size: int) -> None:
    data = message(7, size)
    assert len(data) == size and data.isascii() and b"\n" not in data
    assert index_of(data) == (7 if size >= 4 else None)


def test_messages_differ_so_that_compression_is_not_flattered() -> None:
    assert len({message(index, 200) for index in range(50)}) == 50


def test_a_plan_is_read_from_json() -> None:
    assert read_plan({"size": 1, "count": 2, "sender": "client", "cookies": True}) == Plan(1, 2, "client", True)
    assert read_plan({}) == Plan()


@pytest.mark.parametrize(
    "value", [[], {"size": 0}, {"size": 65_537}, {"size": True}, {"size": "1"}, {"count": 1001}, {"sender": "both"}]
)
def test_what_cannot_be_measured_is_refused(value: object) -> None:
    with pytest.raises(Unclear):
        read_plan(value)


def test_rows_are_found_by_their_own_id_and_carry_something() -> None:
    assert all(row.id == id and row.sides for id, row in ROWS.items())


def test_the_cookie_is_a_usual_one() -> None:
    name, _, value = cookie().partition("=")
    assert name and value and len(cookie()) == 188
