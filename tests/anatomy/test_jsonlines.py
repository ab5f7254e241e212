"""The fast way to JSON Lines gives, byte for byte, what the long way gives."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.anatomy.jsonlines import Lines, full
from app.importers import read
from app.importers.fold import fold
from app.protocol.frames import write_frame
from tests.samples import MASK, REQUEST, RESPONSE, events_of, trace_of

CAPTURES = sorted((Path(__file__).parents[1] / "examples" / "captures").glob("*.pcap*"))


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.name)
@pytest.mark.parametrize("fields", [False, True])
def test_captures(path: Path, fields: bool) -> None:
    for trace, events in fold(read(path.read_bytes())):
        slow = [json.dumps(full(event, trace, fields=fields)) for event in events]
        assert list(Lines(trace, fields=fields).of(events)) == slow


FRAME = st.builds(
    write_frame, st.sampled_from([1, 2, 9, 10]), st.binary(max_size=9) | st.just(b'%s \xc3\xa9 "') | st.just(bytes(70))
)


@given(st.lists(FRAME, max_size=6), st.booleans())
def test_frames(frames: list[bytes], fields: bool) -> None:
    masked = write_frame(1, b"100% \xe2\x80\x9c", key=MASK)
    trace = trace_of(("client", REQUEST), ("server", RESPONSE), ("client", masked * 2), ("server", b"".join(frames)))
    events = events_of(trace)
    slow = [json.dumps(full(event, trace, fields=fields)) for event in events]
    assert list(Lines(trace, fields=fields).of(events)) == slow
