"""What a source says about itself."""

import pytest

from app.importers import Unreadable
from app.importers.source import COMPRESSED, NO_HANDSHAKE, from_stream


def test_about_is_the_first_line_of_the_json_answer() -> None:
    source = from_stream(b"\x81\x00", "hex", "server", ignored_lines=(3,), assumptions=("A guess.",))
    assert source.about() == {
        "kind": "source",
        "format": "hex",
        "bytes": 2,
        "fidelity": "wire",
        "ignored_lines": [3],
        "assumptions": ["A guess.", NO_HANDSHAKE],
        "connections": [
            {
                "connection": "import",
                "what": "websocket",
                "client": "",
                "server": "",
                "target": "",
                "bytes": {"client": 0, "server": 2},
            }
        ],
    }


@pytest.mark.parametrize(
    ("data", "opened", "compressed"),
    [
        (b"\x81\x00", True, False),
        (b"\xc1\x00", True, True),
        (b"GET / HTTP/1.1\r\n", False, False),
        (b"\x16\x03\x01", False, False),
    ],
)
def test_a_missing_handshake_is_noticed(data: bytes, opened: bool, compressed: bool) -> None:
    source = from_stream(data, "raw", "server")
    assert (source.knows(source.traces[0]).opened, source.knows(source.traces[0]).compressed) == (opened, compressed)
    assert (NO_HANDSHAKE in source.assumptions, COMPRESSED in source.assumptions) == (opened, compressed)


def test_nothing_is_refused() -> None:
    with pytest.raises(Unreadable, match="no bytes"):
        from_stream(b"", "raw", None)
