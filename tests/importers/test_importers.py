"""The table of importers: the right one is found, or one sentence says why none is."""

import pytest

from app.importers import IMPORTERS, Unreadable, read


@pytest.mark.parametrize(
    ("data", "name"),
    [(b'{"trace":1}\n', "trace"), (b"GET / HTTP/1.1\r\n", "raw"), (b"\x81\x00", "raw"), (b"8100", "hex")],
)
def test_the_format_is_recognised(data: bytes, name: str) -> None:
    assert read(data).format == name


def test_the_named_format_is_used() -> None:
    assert read(b"8100", "raw").bytes == 4
    assert all(importer.what for importer in IMPORTERS.values())


@pytest.mark.parametrize(("data", "says"), [(b"", "empty"), (b"hello there", "--from raw")])
def test_unreadable_input_gets_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read(data)
