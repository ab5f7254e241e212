"""Full-text search."""

from __future__ import annotations

from app.reference.search import MOST, Entry, search, words

MASK = Entry("rule", "frm.mask.client", "Every client frame is masked.", "/1")
KEY = Entry("term", "masking key", "Four random bytes.", "/2")
CODE = Entry("code", "1006", "abnormal closure", "/3")
ALL = [MASK, KEY, CODE]


def test_a_name_is_a_word_and_its_parts() -> None:
    assert words("See frm.mask.client") == ["see", "frm.mask.client", "frm", "mask", "client"]


def test_the_beginning_of_a_word_is_enough() -> None:
    assert search(ALL, "abnorm") == [CODE]


def test_every_word_has_to_occur() -> None:
    assert search(ALL, "client masked") == [MASK]
    assert search(ALL, "client 1006") == []


def test_titles_come_first() -> None:
    assert search(ALL, "mask") == [MASK, KEY]
    assert search([KEY, MASK], "frm.mask.client") == [MASK]


def test_nothing_asked_is_nothing_found() -> None:
    assert search(ALL, "") == search(ALL, " ?! ") == []


def test_there_is_an_end() -> None:
    assert len(search([CODE] * 500, "1006")) == MOST
