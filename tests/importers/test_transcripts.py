"""Transcripts of tools that watch both ends: each gives the bytes of both sides, and says what it left out."""

import base64
from pathlib import Path

import pytest

from app.importers import Unreadable, read
from app.importers.clock import time_in
from app.importers.source import Source
from app.trace import Side
from tests.samples import REQUEST, RESPONSE
from tests.samples import client_frame as frame

CAPTURES = Path(__file__).parents[1] / "examples" / "captures"
TRUTH = read((CAPTURES / "s2-pyws-aiohttp-basic.pcapng").read_bytes()).traces[0]
TURNS: list[tuple[Side, bytes]] = [(record.side, record.data) for record in TRUTH.records if record.data]
ENDS = {"client": "10.0.0.1:50000", "server": "10.0.0.2:80"}


def agrees(source: Source) -> bool:
    [trace] = source.traces
    return all(trace.bytes(side) == TRUTH.bytes(side) for side in ("client", "server"))


def printable(data: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)


def chunks(data: bytes, size: int = 16) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def ngrep() -> str:
    text = "interface: lo\nfilter: ( port 80 )\n####\n"
    for side, data in TURNS:
        ends = (ENDS["client"], ENDS["server"]) if side == "client" else (ENDS["server"], ENDS["client"])
        text += f"T 2024/01/02 10:11:12.{len(text):06d} {ends[0]} -> {ends[1]} [AP] #5\n"
        for row in chunks(data):
            text += f"  {row[:8].hex(' '):<23}    {row[8:].hex(' '):<23}    {printable(row)}\n"
        text += "#\n"
    return text


def socat(verbose: bool) -> str:
    text = ""
    for side, data in TURNS:
        text += f"{'>' if side == 'client' else '<'} 2024/01/02 10:11:12.000123456  length={len(data)} from=0 to=9\n"
        if verbose:
            for row in chunks(data):
                text += f" {row.hex(' '):<48} {printable(row)}\n"
            text += "--\n"
        else:
            text += f" {data.hex(' ')}\n"
    return text


def curl() -> str:
    text = "10:11:12.000001 == Info: Connected to localhost\n"
    for side, data in TURNS:
        text += f"{'=> Send' if side == 'client' else '<= Recv'} data, {len(data)} bytes ({len(data):#x})\n"
        for number, row in enumerate(chunks(data)):
            text += f"{number * 16:04x}: {row.hex(' '):<48}{printable(row)}\n"
    return text


def strace(dumps: bool) -> str:
    text = 'openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 3\nread(3, "127.0.0.1 localhost\\n", 4096) = 20\nclose(3) = 0\n'
    for side, data in TURNS:
        shown = "".join(f"\\{byte:03o}" for byte in (data[:9] if dumps else data))
        call = "sendto" if side == "client" else "recvfrom"
        text += (
            f'12 10:11:12.000123 {call}(3, "{shown}"{"..." if dumps else ""}, {len(data)}, 0, NULL, 0) = {len(data)}\n'
        )
        for number, row in enumerate(chunks(data) if dumps else []):
            text += f" | {number * 16:05x}  {row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}  {printable(row):<16} |\n"
    return text + "12 10:11:12.100000 recvfrom(3, 0x7f, 100, 0, NULL, NULL) = -1 EAGAIN (Resource unavailable)\n"


def follow_yaml() -> str:
    text = "peers:\n  - peer: 0\n    host: 10.0.0.1\n    port: 50000\n"
    text += "  - peer: 1\n    host: 10.0.0.2\n    port: 80\npackets:\n"
    for number, (side, data) in enumerate(TURNS):
        lines = "".join(f"      {row.decode()}\n" for row in chunks(base64.b64encode(data), 60))
        text += (
            f"  - packet: {number}\n    peer: {int(side == 'server')}\n    index: 0\n    timestamp: 17.{number:06d}\n"
        )
        text += f"    data: !!binary |\n{lines}"
    return text


def follow_arrays() -> str:
    return "\n".join(
        f"char peer{int(side == 'server')}_{number}[] = {{ /* Packet {number} */\n"
        + ", ".join(f"0x{byte:02x}" for byte in data)
        + " };"
        for number, (side, data) in enumerate(TURNS)
    )


def follow_hex() -> str:
    text, sizes = "", {"client": 0, "server": 0}
    for side, data in TURNS:
        for row in chunks(data):
            indent = "    " if side == "server" else ""
            text += f"{indent}{sizes[side]:08X}  {row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}   {printable(row)}\n"
            sizes[side] += len(row)
    return text


FORMS = {
    "ngrep": ngrep(),
    "socat -x": socat(False),
    "socat -x -v": socat(True),
    "curl --trace": curl(),
    "strace": strace(False),
    "strace with dumps": strace(True),
    "Follow, YAML": follow_yaml(),
    "Follow, C arrays": follow_arrays(),
    "Follow, hex dump": follow_hex(),
}


@pytest.mark.parametrize("form", FORMS)
def test_both_sides_are_read(form: str) -> None:
    assert agrees(read(FORMS[form].encode()))


def test_what_strace_cut_is_a_gap() -> None:
    source = read(b'write(3, "\\201\\5Hel"..., 7) = 7\n')
    assert [record.kind for record in source.traces[0].records] == ["data", "gap"]
    assert any("strace cut" in note for note in source.assumptions)


def test_strace_lines_that_were_interrupted() -> None:
    text = '[pid 7] read(3,  <unfinished ...>\n[pid 8] write(1, "x", 1) = 1\n'
    text += '[pid 7] <... read resumed>"\\201\\0", 9) = 2\n'
    assert read(text.encode()).traces[0].bytes("server") == b"\x81\0"


def test_text_of_curl_is_taken_where_it_is_whole() -> None:
    text = "=> Send header, 18 bytes (0x12)\n0000: GET / HTTP/1.1\n0010: \n<= Recv data, 3 bytes (0x3)\n0000: ...\n"
    source = read(text.encode())
    assert source.traces[0].bytes("client") == b"GET / HTTP/1.1\r\n\r\n"
    assert [record.kind for record in source.traces[0].records if record.side == "server"][-1] == "gap"
    assert any("trace-ascii" in note for note in source.assumptions)


def test_tls_of_curl_is_not_mixed_in() -> None:
    text = "=> Send SSL data, 5 bytes (0x5)\n0000: 16 03 01 02 00 .....\n=> Send data, 2 bytes (0x2)\n0000: 81 80 ..\n"
    assert read(text.encode()).traces[0].bytes("client") == b"\x81\x80"


def test_several_connections_of_ngrep_stay_apart() -> None:
    text = "T 1.1.1.1:5 -> 2.2.2.2:80 [AP]\n  81 80 00 00 00 00          ......\n"
    text += "T 1.1.1.1:6 -> 2.2.2.2:80 [AP]\n  8a 00   ..\n"
    source = read(text.encode())
    assert [trace.connection for trace in source.traces] == ["0", "1"]
    assert source.known["0"].client == "1.1.1.1:5"


def called(call: str, data: bytes) -> str:
    """A line of strace -xx."""
    shown = "".join(f"\\x{byte:02x}" for byte in data)
    return f'{call}(3, "{shown}", {len(data)}, 0) = {len(data)}\n'


def test_who_is_the_client_is_told_from_what_is_said() -> None:
    text = called("recv", frame(1, b"Hi"))
    source = read(text.encode())
    assert source.traces[0].size("client") == 8
    assert any("masked" in note for note in source.assumptions)


def test_a_half_alone_is_said_to_lack_its_answer() -> None:
    text = called("send", REQUEST + frame(1, b"Hi"))
    assert any("answer is missing" in note for note in read(text.encode()).assumptions)


def test_one_side_alone_can_be_taken() -> None:
    source = read(FORMS["ngrep"].encode(), side="server")
    assert source.traces[0].size("client") == 0 and source.traces[0].bytes("server").startswith(RESPONSE[:9])


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("nothing", "strace"),
        ("nothing", "curl"),
        ("nothing", "ngrep"),
        ("nothing", "socat"),
        ("nothing", "follow"),
        ("x", "packets"),
    ],
)
def test_what_is_no_transcript_is_refused(text: str, way: str) -> None:
    with pytest.raises(Unreadable):
        read(text.encode(), way)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("16:13:36.817887 IP", 58_416_817_887_000),
        ("1:02:03", 3_723_000_000_000),
        ("17.25 x", None),
        ("1700000000.250000", 1_700_000_000_250_000_000),
        ("2024-01-02 00:00:01.5", None),
        ("none", None),
    ],
)
def test_times(text: str, at: int | None) -> None:
    found = time_in(text)
    assert found == at if at else found is None or text.startswith("2024")
    assert (time_in("2024-01-02 00:00:02") or 0) - (time_in("2024-01-01 23:59:59") or 0) == 3_000_000_000


def dumped_packets(link_bytes: bytes, before: str) -> str:
    """Every packet of the capture as a dump, without its Ethernet header but with another."""
    from app.importers.pcapng import read_packets

    text = ""
    for packet in read_packets((CAPTURES / "s2-pyws-aiohttp-basic.pcapng").read_bytes()).packets:
        data = link_bytes + packet.data[14:]
        text += before.format(size=len(data))
        for number, row in enumerate(chunks(data)):
            text += f"\t0x{number * 16:04x}:  {row.hex(' ', -2):<39}  {printable(row).replace(' ', '.')}\n"
    return text


@pytest.mark.parametrize("link", [b"", bytes(12) + b"\x08\x00", b"\x02\0\0\0", bytes(14) + b"\x08\x00"])
def test_whole_packets_with_any_header(link: bytes) -> None:
    source = read(dumped_packets(link, "10:11:12.131415 IP 1 > 2: tcp\n").encode())
    assert source.format == "packets" and agrees(source)


def test_what_tshark_unmasked_is_no_packet() -> None:
    """Without the tabs this is how tshark prints several sources of bytes."""
    text = dumped_packets(b"", "Frame ({size} bytes):\n").replace("\t", "")
    text += "\nUnmasked data (5 bytes):\n0x0000:  4865 6c6c 6f                             Hello\n"
    assert agrees(read(text.encode()))
