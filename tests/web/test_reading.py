"""What was handed in is read once, bounded, and forgotten."""

from __future__ import annotations

import pytest

from app.importers import Unreadable
from app.web.edits import read_edits
from app.web.reading import EVENTS, MINUTES, SHELF_ENTRIES, Forgotten, How, Shelf, Working, look

HELLO = b"81 85 37 fa 21 3d 7f 9f 4d 51 58"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_reading_is_made_once_and_forgotten_after_minutes() -> None:
    clock = Clock()
    shelf = Shelf(clock)
    name = shelf.put(HELLO)
    first = shelf.read(name, How())
    assert shelf.read(name, How()) is first
    clock.now = MINUTES * 60 + 1
    with pytest.raises(Forgotten):
        shelf.read(name, How())


def test_the_shelf_is_small() -> None:
    shelf = Shelf(Clock())
    first = shelf.put(HELLO)
    for n in range(SHELF_ENTRIES):
        shelf.put(b"81 00 %02x" % n)
    with pytest.raises(Forgotten):
        shelf.data(first)


def test_edits_are_made_on_a_copy_and_counted() -> None:
    shelf = Shelf(Clock())
    name = shelf.put(HELLO)
    flipped = shelf.read(name, How(edits=read_edits("import~client~f8")))
    assert flipped.talks[0].changed == 1
    assert flipped.talks[0].errors
    assert shelf.read(name, How()).talks[0].errors == 0


def test_a_flood_of_frames_stops_at_a_number() -> None:
    flood = b"\x89\x00" * (EVENTS + 100)
    talk = look(flood, How(format="raw", side="server"), "").talks[0]
    assert not talk.whole and talk.count == EVENTS


def test_a_reader_may_know_better_about_compression() -> None:
    compressed = bytes.fromhex("c1 07 f2 48 cd c9 c9 07 00")
    frames = {
        said: look(compressed, How("raw", "server", said), "").talks[0].errors for said in ("", "yes", "fresh", "no")
    }
    assert (frames[""], frames["yes"], frames["fresh"]) == (0, 0, 0) and frames["no"]


def test_what_cannot_be_read_says_so() -> None:
    with pytest.raises(Unreadable):
        look(b"nothing of the kind", How(), "")


def test_the_same_bytes_are_not_read_twice_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf(Clock())
    name = shelf.put(HELLO)

    def again(*_: object) -> None:
        shelf.read(name, How())

    monkeypatch.setattr("app.web.reading.look", again)
    with pytest.raises(Working):
        shelf.read(name, How())
    monkeypatch.undo()
    assert shelf.read(name, How()).talks
