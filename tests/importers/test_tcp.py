"""Whatever order the segments of a stream come in, however often and however cut, the stream is the same."""

from hypothesis import given
from hypothesis import strategies as st

from app.importers.tcp import Piece, Stream

STREAM = bytes(range(256)) * 2


def joined(pieces: list[Piece]) -> bytes:
    return b"".join(piece.data for piece in pieces)


def kinds(pieces: list[Piece]) -> list[str]:
    return [piece.kind for piece in pieces]


def fed(segments: list[tuple[int, bytes]], start: int = 100, syn: bool = True) -> Stream:
    stream = Stream()
    if syn:
        stream.syn = (start - 1) % 2**32
        stream.begin(start)
    for number, (place, data) in enumerate(segments, 1):
        stream.add(number, number * 10, (start + place) % 2**32, data, len(data))
    return stream


@st.composite
def segmented(draw: st.DrawFn) -> list[tuple[int, bytes]]:
    """The stream cut anywhere, with pieces that overlap and repeat, in any order."""
    cuts = sorted({0, len(STREAM), *draw(st.lists(st.integers(0, len(STREAM)), max_size=12))})
    pieces = [(start, STREAM[start:end]) for start, end in zip(cuts, cuts[1:], strict=False)]
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(STREAM) - 1))
        pieces.append((start, STREAM[start : start + draw(st.integers(1, 200))]))
    return draw(st.permutations(pieces))


@given(segmented(), st.sampled_from([100, 2**32 - 300, 2**32 - 1]))
def test_shuffled_repeated_and_overlapping(segments: list[tuple[int, bytes]], start: int) -> None:
    stream = fed(segments, start)
    pieces = stream.finish()
    assert joined(pieces) == STREAM
    assert set(kinds(pieces)) == {"data"}
    assert [piece.number for piece in pieces] == sorted(piece.number for piece in pieces)
    assert not stream.different


@given(segmented())
def test_without_a_syn_nothing_is_lost_either(segments: list[tuple[int, bytes]]) -> None:
    """Single bytes are left out: alone and old, they are taken for keep-alive probes."""
    kept = [(place, data) for place, data in segments if len(data) > 1]
    first = min((place for place, _ in kept), default=0)
    last = max((place + len(data) for place, data in kept), default=0)
    pieces = fed(kept, syn=False).finish()
    assert joined(pieces) == STREAM[first:last] or "gap" in kinds(pieces)


@given(segmented(), st.integers(0, len(STREAM) - 2), st.integers(1, 40))
def test_what_never_came_is_one_gap(segments: list[tuple[int, bytes]], hole: int, size: int) -> None:
    end = min(hole + size, len(STREAM) - 1)
    kept = []
    for place, data in segments:
        for start, stop in ((place, min(hole, place + len(data))), (max(end, place), place + len(data))):
            if start < stop:
                kept.append((start, STREAM[start:stop]))
    pieces = fed(kept).finish()
    assert joined(pieces) == STREAM[:hole] + STREAM[end:]
    assert kinds(pieces).count("gap") == 1


def test_a_late_piece_makes_what_waited_available_then() -> None:
    pieces = fed([(0, b"a"), (2, b"c"), (1, b"b")]).finish()
    assert [(piece.number, piece.at, piece.data) for piece in pieces] == [(1, 10, b"a"), (3, 30, b"b"), (3, 30, b"c")]


def test_a_keep_alive_changes_nothing() -> None:
    stream = fed([(0, b"abc"), (2, b"\0"), (3, b"d")])
    assert joined(stream.finish()) == b"abcd"
    assert (stream.repeated, stream.different) == (1, 0)
    assert joined(fed([(0, b"\0"), (1, b"abc")], syn=False).finish()) == b"abc"


def test_other_bytes_at_the_same_place_are_counted_and_the_first_kept() -> None:
    stream = fed([(0, b"abcdef"), (2, b"XYef")])
    assert (joined(stream.finish()), stream.different) == (b"abcdef", 1)


def test_a_cut_segment_leaves_a_gap() -> None:
    stream = Stream()
    stream.begin(5)
    stream.add(1, 0, 5, b"abc", 10)
    assert kinds(stream.finish()) == ["data", "gap"]
    stream = Stream()
    stream.begin(5)
    stream.add(1, 0, 5, b"abc", 10)
    stream.add(2, 0, 15, b"xyz", 3)
    pieces = stream.finish()
    assert (kinds(pieces), joined(pieces)) == (["data", "gap", "data"], b"abcxyz")


def test_fin_and_rst() -> None:
    stream = fed([(0, b"ab")])
    stream.fin(3, 30, 104)
    stream.add(4, 40, 102, b"cd", 2)
    stream.rst(5, 50)
    assert [(piece.kind, piece.number) for piece in stream.finish()] == [
        ("data", 1),
        ("data", 4),
        ("fin", 4),
        ("rst", 5),
    ]
    stream = fed([(0, b"ab")])
    stream.fin(3, 30, 110)
    assert kinds(stream.finish()) == ["data", "gap", "fin"]


def test_far_away_numbers_do_not_fit() -> None:
    stream = fed([(0, b"ab")])
    assert stream.fits(100) and stream.fits(5000) and not stream.fits(2**31)
