"""Hexadecimal text: every form gives the same bytes, and what cannot be read is refused by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.importers import Unreadable
from app.importers.hexdump import read, sniff

BYTES = bytes.fromhex("818537fa213d7f9f4d5158" + "00" * 40 + "8882 0d8db720 0e65")


def dumped(data: bytes, line: str, group: int = 1, order: int = 1) -> str:
    """A dump with offsets: `line` is filled with offset, hex and text, 16 bytes a row."""
    rows = []
    for offset in range(0, len(data), 16):
        row = data[offset : offset + 16]
        words = " ".join(row[at : at + group][::order].hex() for at in range(0, len(row), group))
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        rows.append(line.format(offset=offset, hex=words, text=text))
    return "\n".join(rows) + "\n"


FORMS = {
    "stream": ("hex", BYTES.hex()),
    "wrapped": ("hex", "\n".join(BYTES.hex()[at : at + 60] for at in range(0, len(BYTES.hex()), 60))),
    "upper case": ("hex", BYTES.hex(" ").upper()),
    "colons": ("hex", BYTES.hex(":")),
    "0x": ("hex", ", ".join(f"0x{byte:x}" for byte in BYTES)),
    "C array": ("hex", "unsigned char x[] = {\n" + ",\n".join(f"  0x{byte:02x}" for byte in BYTES) + "\n};"),
    "C string": ("hex", '"' + "".join(f"\\x{byte:02x}" for byte in BYTES) + '"'),
    "xxd": ("hexadecimal dump", dumped(BYTES, "{offset:08x}: {hex:<39}  {text}", 2)),
    "xxd -g1": ("hexadecimal dump", dumped(BYTES, "{offset:08x}: {hex:<47}  {text}")),
    "tcpdump": ("hexadecimal dump", dumped(BYTES, "\t{offset:#06x}:  {hex:<39}  {text}", 2)),
    "hexdump -C": ("hexadecimal dump", dumped(BYTES, "{offset:08x}  {hex:<47}  |{text}|") + f"{len(BYTES):08x}\n"),
    "hexdump": ("dump of 16-bit words", dumped(BYTES + b"\0", "{offset:07x} {hex}", 2, -1) + f"{len(BYTES):07x}\n"),
    "od": ("hexadecimal dump", dumped(BYTES, "{offset:06x} {hex:<47}  >{text}<") + f"{len(BYTES):06x}\n"),
    "Wireshark": ("hexadecimal dump", dumped(BYTES, "{offset:04x}   {hex:<47}   {text}")),
    "UTF-16": ("hex", BYTES.hex(" ")),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_bytes(form: str) -> None:
    layout, text = FORMS[form]
    data = text.encode("utf-16" if form == "UTF-16" else "utf-8")
    assert sniff(data)
    source = read(data, "client")
    assert source.traces[0].bytes("client") == BYTES
    assert (source.format, source.bytes) == (layout, len(BYTES))


def test_repeated_rows_are_repeated() -> None:
    source = read(b"00000000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  |x|\n*\n00000030  ff  |.|\n00000031\n")
    assert source.traces[0].bytes("server") == bytes(range(16)) * 3 + b"\xff"
    assert source.ignored_lines == ()


def test_a_text_column_of_hex_digits_is_not_taken_for_bytes() -> None:
    source = read(b"0000   61 61 20 62 62 20 63 63   aa bb cc\n0008   20   x\n")
    assert source.traces[0].bytes("client") + source.traces[0].bytes("server") == b"aa bb cc "


@pytest.mark.parametrize("text", ["8801 03", "8185 37 fa 21 3d", "8801 03\n8105 48 65", "8185 37fa213d"])
def test_grouped_digits_are_not_taken_for_an_offset(text: str) -> None:
    source = read(text.encode(), "client")
    assert source.traces[0].bytes("client") == bytes.fromhex("".join(text.split()))


def test_other_lines_are_left_out_and_counted() -> None:
    assert read(b"# the first frame\n81 05 48\n\n65 6c 6c 6f\n").ignored_lines == (1,)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("81 0ab\n", "Line 1: 0ab has an odd number"),
        (
            "00000000: 8185 37fa\n00000010: 0000\n",
            "Line 2: by the offset 00000010 there are 16 bytes before it, but the lines before it hold 4.",
        ),
        ("00000000: 81 85\n00000000: 81 85\n", "more than one dump"),
        ("81 85\n*\n*\n00 00\n", "Line 2: * stands for repeated lines"),
    ],
)
def test_what_cannot_be_read_is_refused_by_line(text: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says.replace("*", r"\*")):
        read(text.encode())


@pytest.mark.parametrize("text", ["", "hello world", '{"0":12,"1":34}', "gYXCXzojijpWT62ChNNa2p"])
def test_other_text_is_not_taken_for_hexadecimal(text: str) -> None:
    assert not sniff(text.encode())


@given(st.text(alphabet="0123456789abcdefx: \t\n|*>.,#\\", max_size=400) | st.text() | st.binary().map(bytes.hex))
def test_any_text_is_read_or_refused(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    sniff(data)
    try:
        assert read(data).bytes > 0
    except Unreadable as error:
        assert str(error).endswith(".")
