"""A head or frame on its way."""

from app.live.unit import Unit
from app.protocol.frames import write_close, write_frame


def test_what_is_left_of_it() -> None:
    unit = Unit("client", True, False, 0, b"Hello")
    assert unit.rest == b"Hello" and unit._replace(done=4).rest == b"o"


def test_only_a_close_frame_closes() -> None:
    assert Unit("server", False, False, 0, write_close(1000)).closes
    assert not Unit("server", False, False, 0, write_frame(9)).closes
    assert not Unit("server", False, True, 0, b"\x88").closes
