"""What Wireshark's Follow Stream saves, and tshark's -z follow prints: both ends of a connection, in turn."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable

from app.importers.clock import time_in
from app.importers.rows import hex_row
from app.importers.source import Source, Unreadable
from app.importers.text import Line, lines_of, must_be_text, text_of
from app.importers.transcript import Turn, from_turns
from app.trace import Side

NAME = "follow"
WHAT = "Follow Stream of Wireshark and tshark (hex dump, raw, C arrays, YAML)"

_NODE = re.compile(r"Node ([01]): (.+)")
_HEX_ROW = re.compile(r"(?P<indent>(?:    |\t)?)(?P<offset>[0-9A-Fa-f]{8})  ?(?P<rest>[0-9A-Fa-f]{2}(?: .*)?)")
_RAW = re.compile(r"(?P<indent>\t?)(?P<digits>(?:[0-9a-fA-F]{2})+)\s*")
_ARRAY = re.compile(r"char (?P<name>peer(?P<who>[01])_(?P<number>\d+))\[\] = \{[^\n]*\n(?P<body>[0-9a-fA-Fx,\s]*)\}")
_BYTE = re.compile(r"0x([0-9a-fA-F]{2})")
_PACKET = re.compile(
    r"^ {2}- packet: \d+\n(?P<head>(?: {4}(?!data:)[^\n]*\n)*) {4}data: !!binary \|\n(?P<body>(?: {6}[^\n]*\n?)*)", re.M
)
_PEER = re.compile(r"^ {4}peer: ([01])$", re.MULTILINE)
_HOST = re.compile(r"^ {2}- peer: ([01])\n {4}host: (\S+)\n {4}port: (\d+)", re.MULTILINE)

_CUT = re.compile(r"=+|Follow: .*|Filter: .*|Node [01]: .*")

Read = tuple[list[Turn], tuple[int, ...]]


def sniff(data: bytes) -> bool:
    """The header of tshark, arrays named peer0_0, YAML with peers, or hex dumps with two running offsets."""
    text = text_of(data)
    if not text:
        return False
    return bool(
        re.search(r"^Follow: \w+,(hex|raw)", text, re.MULTILINE)
        or (_ARRAY.search(text) and "peer1_" in text)
        or (text.lstrip().startswith(("peers:", "# Packet")) and "!!binary" in text)
        or _two_offsets(text)
    )


def _two_offsets(text: str) -> bool:
    """A hex dump in which some lines are set in, with offsets of their own, as Wireshark saves it."""
    rows = [match for _, line in lines_of(text[:100_000]) if (match := _HEX_ROW.fullmatch(line.rstrip()))]
    starts = {bool(row["indent"]) for row in rows if int(row["offset"], 16) == 0}
    return starts == {True, False}


def read(data: bytes, side: Side | None = None) -> Source:
    """Both ends of the connection. Raises Unreadable."""
    text = must_be_text(data)
    for reader in _READERS:
        turns, ignored = reader(text)
        if turns:
            peers = {int(who): name for who, name in _NODE.findall(text)} or {
                int(who): f"{host}:{port}" for who, host, port in _HOST.findall(text)
            }
            names = {"0": (peers.get(0, ""), peers.get(1, ""))}
            return from_turns(turns, NAME, side, ignored_lines=ignored, peers=names)
    raise Unreadable("This text holds no stream as Wireshark's Follow Stream shows it.")


def _yaml(text: str) -> Read:
    turns = []
    for match in _PACKET.finditer(text):
        who = _PEER.search(match["head"])
        time = re.search(r"timestamp: (\S+)", match["head"])
        try:
            data = binascii.a2b_base64("".join(match["body"].split()))
        except binascii.Error:
            raise Unreadable("A packet of this YAML holds no base64.") from None
        turns.append(Turn("0", int(who[1]) if who else 0, data, time_in(time[1]) or 0 if time else 0))
    return turns, ()


def _arrays(text: str) -> Read:
    return [
        Turn("0", int(match["who"]), bytes.fromhex("".join(_BYTE.findall(match["body"]))))
        for match in _ARRAY.finditer(text)
    ], ()


def _hex(text: str) -> Read:
    """Hex dumps: the indented ones are the second node's. Each node counts its own offsets."""
    lines = lines_of(text)
    rows = [(number, match) for number, line in lines if (match := _HEX_ROW.fullmatch(line.rstrip("\r\n")))]
    turns: list[Turn] = []
    sizes = [0, 0]
    for index, (number, match) in enumerate(rows):
        who = int(bool(match["indent"]))
        following = next((row for _, row in rows[index + 1 : index + 2] if bool(row["indent"]) == bool(who)), None)
        size = int(following["offset"], 16) - int(match["offset"], 16) if following else None
        found = hex_row(match["rest"], size)
        if found is None or int(match["offset"], 16) != sizes[who]:
            raise Unreadable(f"Line {number}: the offset {match['offset']} does not follow the lines before it.")
        sizes[who] += len(found)
        if turns and turns[-1].who == who and not _new_turn(number, rows, index):
            turns[-1] = turns[-1]._replace(data=turns[-1].data + found)
        else:
            turns.append(Turn("0", who, found))
    return turns, _ignored(lines, {number for number, _ in rows})


def _new_turn(number: int, rows: list[tuple[int, re.Match[str]]], index: int) -> bool:
    """A short row before this one ended what was said at a time."""
    before = rows[index - 1][1]
    return int(rows[index][1]["offset"], 16) - int(before["offset"], 16) < 16


def _raw(text: str) -> Read:
    """Plain digits, a line for each time an end spoke."""
    lines = lines_of(text)
    rows = [(number, match) for number, line in lines if (match := _RAW.fullmatch(line))]
    turns = [Turn("0", int(bool(match["indent"])), bytes.fromhex(match["digits"])) for _, match in rows]
    return turns, _ignored(lines, {number for number, _ in rows})


def _ignored(lines: list[Line], used: set[int]) -> tuple[int, ...]:
    return tuple(number for number, line in lines if number not in used and not _CUT.fullmatch(line.strip()))


_READERS: tuple[Callable[[str], Read], ...] = (_yaml, _arrays, _hex, _raw)
