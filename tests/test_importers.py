"""All importers: the right one is found, what cannot be read is refused in one sentence, and nothing else is raised."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.importers import IMPORTERS, Unreadable, read
from app.importers.fold import fold

CAPTURES = Path(__file__).parent / "examples" / "captures"
FILES = sorted(path for path in CAPTURES.rglob("*") if path.is_file() and path.suffix not in (".json", ".keylog"))
SMALL = [path for path in FILES if path.stat().st_size < 9000]


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


def swallow(data: bytes, name: str | None = None) -> None:
    """Read and fold; the only thing that may go wrong is a refusal in words."""
    try:
        for _ in fold(read(data, name)):
            pass
    except Unreadable as error:
        assert str(error)[0].isupper() and str(error)[-1] in ".;" and "\n" not in str(error)


@given(st.binary(max_size=400), st.sampled_from([None, *IMPORTERS]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str | None) -> None:
    swallow(data, name)


@given(st.text(max_size=200), st.sampled_from([None, *IMPORTERS]))
def test_any_text_is_read_or_refused(text: str, name: str | None) -> None:
    swallow(text.encode("utf-8", "surrogatepass"), name)


@given(st.sampled_from(SMALL), st.data())
def test_damaged_files_are_read_or_refused(path: Path, data: st.DataObject) -> None:
    """Bytes changed, cut out and doubled anywhere."""
    damaged = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1)) if damaged else 0
        size = data.draw(st.integers(0, 40))
        damaged[at : at + size] = data.draw(st.binary(max_size=8) | st.just(damaged[at : at + size] * 2))
    swallow(bytes(damaged))


@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.name)
@pytest.mark.parametrize("name", IMPORTERS)
def test_every_importer_survives_every_file(path: Path, name: str) -> None:
    swallow(path.read_bytes(), name)


LONG = {
    "open comments": b"/*" * 20_000,
    "open brackets": b"[1," * 15_000,
    "open quotes": b"\"\\x81'" * 10_000,
    "no spaces": b"T " + b"a:1" * 20_000,
    "spaces": b"> " + b" " * 40_000,
    "one row": b"00000000: " + b"81 " * 15_000 + b" x",
    "rows": (b"00000000  " + b"81 " * 330 + b"  zz\n") * 40,
    "arrays": b"char peer0_0[] = {\n" * 3000 + b"peer1_",
    "calls": b'read(3, "' + b"\\x81" * 15_000,
    "digits": b"1" * 40_000,
    "dots": b"." * 40_000,
    "packets": b"peers:\n  - packet: 1\n    a\n    data: !!binary |\n" * 3000,
}


@pytest.mark.parametrize("name", [None, *IMPORTERS])
@pytest.mark.parametrize("long", LONG)
@pytest.mark.timeout(20)
def test_long_lines_do_not_take_for_ever(name: str | None, long: str) -> None:
    swallow(LONG[long], name)
