"""The stack of one record."""

from __future__ import annotations

from app.live.sealed import recorded
from app.protocol.tls.decrypt import Decrypted, decrypt
from app.protocol.tls.keylog import read_keylog
from app.web.layers import Layer, fold, inside, layers, opening, steps


def example() -> Decrypted:
    made = recorded()
    assert made is not None
    return decrypt(made.trace, read_keylog(made.keylog))


def stack(found: Decrypted, wanted: str, *, ends: bool = True) -> list[Layer]:
    """The layers of the first record in which a compressed text, or a plain one, is found."""
    events = fold(found)
    for side in found.views:
        for view in found.views[side]:
            said = inside(view, events)
            if any(e.kind == "frame" and bool(e.past) == (wanted == "compressed") for e in said):
                return layers(found, view, said if ends else [], ends=ends)
    raise AssertionError(wanted)


def test_it_opens_with_the_first_frame() -> None:
    found = example()
    side, number = opening(found, fold(found))
    assert side == "client" and found.views[side][number].content[:2] == b"\x81\x85"


def test_each_layer_begins_in_the_column_of_its_first_byte() -> None:
    rows = stack(example(), "plain")
    assert [(row.name, row.before, row.size) for row in rows] == [
        ("tcp", 0, 33),
        ("tls", 0, 33),
        ("frame", 5, 11),
        ("unmasked", 11, 5),
        ("text", 11, 5),
    ]
    assert "".join(cell.text for cell in rows[-1].cells) == "Hello"


def test_compressed_ones_have_no_byte_for_byte_relation() -> None:
    rows = {row.name: row for row in stack(example(), "compressed")}
    assert rows["inflated"].loose and rows["inflated"].number == 0
    assert not {cell.key for cell in rows["inflated"].cells} & {cell.key for cell in rows["frame"].cells}
    assert [cell.key for cell in rows["text"].cells] == [cell.key for cell in rows["inflated"].cells]


def test_the_network_sees_sealed_layers() -> None:
    rows = stack(example(), "plain", ends=False)
    assert [row.hidden for row in rows] == [False, False, True, True, True]


def test_the_ladder_says_more_to_the_ends() -> None:
    found = example()
    ends, net = (steps(found, fold(found), ends=each) for each in (True, False))
    assert "TEXT" in [step.label for step in ends] and "TEXT" not in [step.label for step in net]
    assert [step.rung.bytes for step in ends] == [step.rung.bytes for step in net]
