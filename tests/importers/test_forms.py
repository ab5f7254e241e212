"""The many ways in which programs print bytes: numbers, literals, base64."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.importers import Unreadable, read
from app.protocol.frames import write_frame

FRAME = write_frame(1, "Grüße, \"du\" \\ 'ihr'".encode(), key=bytes.fromhex("37fa213d"))
SIGNED = [byte - 256 if byte > 127 else byte for byte in FRAME]


def listed(form: str, values: object = FRAME, between: str = ", ") -> str:
    return between.join(form.format(value) for value in values)  # type: ignore[attr-defined]


def octal(data: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03o}" for byte in data)


FORMS = {
    "C array": f"static const uint8_t frame[{len(FRAME)}] = {{\n  {listed('0x{:02X}U')}\n}}; // a frame",
    "xxd -i": f"unsigned char x[] = {{ {listed('0x{:02x}')} }};\nunsigned int x_len = {len(FRAME)};",
    "C octal": f'const char *f = "{octal(FRAME)}";',
    "C in lines": "\n".join(f'"\\x{byte:02x}"' for byte in FRAME),
    "Python bytes": f"frame = {FRAME!r}",
    "Python bytearray": repr(bytearray(FRAME)),
    "Python list": repr(list(FRAME)),
    "Python fromhex": f"bytes.fromhex('{FRAME.hex()}')",
    "Go bytes": f"[]byte{{{listed('0x{:x}')}}}",
    "Go print": f"[{listed('{}', between=' ')}]",
    "Go string": f'[]byte("{octal(FRAME)}")',
    "Rust": f"let f: [u8; {len(FRAME)}] = [{listed('{}u8')}];",
    "Rust string": 'b"' + "".join(f"\\x{byte:02x}" for byte in FRAME) + '"',
    "Java": f"byte[] f = {{ {listed('{}', SIGNED)} }};",
    "Java casts": f"new byte[] {{ {listed('(byte) 0x{:02X}')} }}",
    "Kotlin": f"byteArrayOf({listed('0x{:02x}.toByte()')})",
    "JavaScript": f"new Uint8Array([{listed('{}')}])",
    "JavaScript string": '"' + "".join(f"\\u{byte:04x}" for byte in FRAME) + '"',
    "Chrome": f"Uint8Array({len(FRAME)}) [{listed('{}')}, buffer: ArrayBuffer(9), byteLength: 9, length: {len(FRAME)}]",
    "node Buffer JSON": f'{{"type":"Buffer","data":[{listed("{}", between=",")}]}}',
    "JSON of a Uint8Array": "{" + ",".join(f'"{at}":{byte}' for at, byte in enumerate(FRAME)) + "}",
    "Erlang": f"<<{listed('{}', between=',')}>>",
    "bare escapes": "".join(f"\\x{byte:02x}" for byte in FRAME),
    "bare octal": "".join(f"\\{byte:03o}" for byte in FRAME),
    "percent": "".join(f"%{byte:02X}" for byte in FRAME),
    "decimal": listed("{}", between=" "),
    "binary": listed("{:08b}", between=" "),
    "0x stream": "0x" + FRAME.hex(),
    "dashes": FRAME.hex("-").upper(),
    "base64": base64.b64encode(FRAME).decode(),
    "base64 wrapped": base64.encodebytes(FRAME * 1).decode(),
    "base64url": base64.urlsafe_b64encode(FRAME).decode().rstrip("="),
    "data URL": "data:application/octet-stream;base64," + base64.b64encode(FRAME).decode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_bytes(form: str) -> None:
    assert read(FORMS[form].encode()).traces[0].bytes("client") == FRAME


ROWS = {"x1": 16, "x2": 16, "o1": 16, "o2": 16, "d1": 16, "d2": 16, "c": 16}


def rows(data: bytes, offset: str, row: Callable[[bytes], str], end: bool = True) -> str:
    lines = [offset.format(at) + row(data[at : at + 16]) for at in range(0, len(data), 16)]
    return "\n".join([*lines, *([offset.format(len(data))] if end else [])])


def words(row: bytes, form: str, size: int = 2) -> str:
    padded = row + bytes(-len(row) % size)
    return "".join(form.format(int.from_bytes(padded[at : at + size], "little")) for at in range(0, len(row), size))


def characters(row: bytes) -> str:
    names = {0: "\\0", 10: "\\n", 13: "\\r", 9: "\\t"}
    return "".join(f"{names.get(b) or (chr(b) if 32 <= b < 127 else f'{b:03o}'):>4}" for b in row)


def column(row: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)


DUMPS: dict[str, Callable[[bytes], str]] = {
    "od": lambda data: rows(data, "{:07o}", lambda row: words(row, " {:06o}")),
    "od -x": lambda data: rows(data, "{:07o}", lambda row: words(row, " {:04x}")),
    "od -t x4": lambda data: rows(data, "{:07o}", lambda row: words(row, " {:08x}", 4)),
    "od -t x8": lambda data: rows(data, "{:07o}", lambda row: words(row, " {:016x}", 8)),
    "od -t u2": lambda data: rows(data, "{:07o}", lambda row: words(row, " {:5d}")),
    "od -b": lambda data: rows(data, "{:07o}", lambda row: words(row, " {:03o}", 1)),
    "od -t u1": lambda data: rows(data, "{:07o}", lambda row: words(row, " {:3d}", 1)),
    "od -A d -t x1": lambda data: rows(data, "{:07d}", lambda row: words(row, " {:02x}", 1)),
    "od -c": lambda data: rows(data, "{:07o}", characters),
    "hexdump": lambda data: rows(data, "{:07x}", lambda row: words(row, " {:04x}")),
    "hexdump -x": lambda data: rows(data, "{:07x}", lambda row: words(row, "    {:04x}")),
    "hexdump -d": lambda data: rows(data, "{:07x}", lambda row: words(row, "   {:05d}")),
    "hexdump -o": lambda data: rows(data, "{:07x}", lambda row: words(row, "  {:06o}")),
    "hexdump -b": lambda data: rows(data, "{:07x}", lambda row: words(row, " {:03o}", 1)),
    "hexdump -c": lambda data: rows(data, "{:07x}", characters),
    "xxd": lambda data: rows(
        data, "{:08x}: ", lambda row: f"{row.hex(' ', -2):<39}  {column(row)}", end=False
    ),
    "xxd -b": lambda data: rows(data, "{:08x}:", lambda row: words(row, " {:08b}", 1) + f"  {column(row)}", end=False),
    "xxd -e": lambda data: rows(
        data, "{:08x}: ", lambda row: f"{reversed_words(row):<35}  {column(row)}", end=False
    ),
}  # fmt: skip


def reversed_words(row: bytes) -> str:
    return " ".join(row[at : at + 4][::-1].hex().rjust(8) for at in range(0, len(row), 4))


@pytest.mark.parametrize("dump", DUMPS)
@given(st.binary(min_size=1, max_size=70), st.booleans())
def test_dumps_of_any_bytes(dump: str, data: bytes, long: bool) -> None:
    """Two full rows before them tell how the dump is written; what follows may be anything of any length."""
    data = FRAME * 2 + (data * 3 if long else data)
    text = DUMPS[dump](data)
    source = read(text.encode(), "hex", "client")
    shown = source.traces[0].bytes("client")
    assert shown == data, text


@given(st.binary(min_size=2, max_size=60))
def test_literals_of_any_bytes(data: bytes) -> None:
    for text in (repr(data), f'"{octal(data)}"' if octal(data) != data.decode("latin-1") else repr(list(data))):
        if "\\" in text or text[0] == "[":
            assert read(text.encode(), "literal", "client").traces[0].bytes("client") == data


@given(st.binary(min_size=1, max_size=60))
def test_base64_of_any_bytes(data: bytes) -> None:
    for text in (base64.b64encode(data), base64.urlsafe_b64encode(data).rstrip(b"=")):
        assert read(text, "base64", "client").traces[0].bytes("client") == data


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("8185 37fa 213d 7f9f 4d51", ["hex", "--from words"]),
        ("8581 fa37 3d21 9f7f 514d", ["words", "--from hex"]),
        ("[81, 85, 37]", ["--from hex"]),
        ("byte[] f = {-127, 0};", ["below zero"]),
        ("Uint8Array(3) [ 129, 0, ... 1 more items ]", ["1 bytes more"]),
        ("gQVIZWxsbw-_", ["base64url"]),
    ],
)
def test_what_is_ambiguous_is_said(text: str, notes: list[str]) -> None:
    said = " ".join(read(text.encode()).assumptions)
    assert all(note in said for note in notes)


@pytest.mark.parametrize(
    ("text", "way", "data"),
    [
        ("8581", "words", "8185"),
        ("10 20", "decimal", "0a14"),
        ("201 005", "octal", "8105"),
        ("10000001", "bits", "81"),
    ],
)
def test_the_reader_can_choose(text: str, way: str, data: str) -> None:
    assert read(text.encode(), way, "server").traces[0].bytes("server").hex() == data


def test_stars_without_offsets_are_counted_by_the_frames() -> None:
    data = write_frame(2, bytes(60))
    lines = [data[at : at + 16].hex(" ") for at in range(0, len(data), 16)]
    source = read("\n".join([*lines[:2], "*", lines[-1]]).encode())
    assert source.traces[0].bytes("server") == data
    assert "stands for 1 lines" in " ".join(source.assumptions)


@pytest.mark.parametrize(
    ("text", "way", "says"),
    [
        ("[129, 300]", "literal", "300 in this list is no byte"),
        (r'"\u1234"', "literal", "is no byte"),
        ("no literal", "literal", "no array or string"),
        ("gQVI!", "base64", "no character of base64"),
        ("gQ=VI", "base64", "padding"),
        ("zz", "octal", "cannot be read as octal"),
        ("777 888", "octal", "cannot be read as octal"),
        ("81 a", "hex", "odd number"),
        ("\x01", "hex", "not text"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, way: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read(text.encode(), way)
