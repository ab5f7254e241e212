"""strace: the reads and writes of a process on one socket, as it prints their buffers."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

from app.importers.clock import time_in
from app.importers.digits import looks_right
from app.importers.escapes import BadEscape, unescape
from app.importers.rows import hex_row
from app.importers.sides import is_head
from app.importers.source import Source, Unreadable
from app.importers.text import lines_of, must_be_text, sample_of
from app.importers.transcript import Turn, from_turns
from app.trace import Side

NAME = "strace"
WHAT = "strace lines of read, write, send, recv and their kin"

SENDS = frozenset({"write", "send", "sendto", "sendmsg", "writev", "pwrite64"})
RECEIVES = frozenset({"read", "recv", "recvfrom", "recvmsg", "readv", "pread64"})

_CALL = re.compile(
    r"(?P<before>(?:\[pid +\d+\] |\d+ +)?(?:[\d:.]+ )?)(?P<call>[a-z0-9]+)\((?P<fd>\d+)(?:<[^>]*>)?, (?P<rest>.*)"
)
_RESUMED = re.compile(r"(?P<before>.*?)<\.\.\. (?P<call>[a-z0-9]+) resumed>(?P<rest>.*)")
_BUFFER = re.compile(r'"((?:\\.|[^"\\])*)"(\.\.\.)?')
_RESULT = re.compile(r"\) += (-?\d+)")
_DUMP = re.compile(r" \| [0-9a-f]{5,}  (?P<rest>.*) \|")
_PID = re.compile(r"(?:\[pid +)?(\d+)")

CUT = "strace cut the buffers (-s sets how long they may be): what it left out is missing here."
ONE = "Several descriptors are in this output: number {} is read, the first that carries WebSocket."


BEFORE = "What went over number {} before the first bytes of WebSocket is left out."


class _Io(NamedTuple):
    """One call: its descriptor, whether it sends, what it moved, how much that was and when."""

    fd: int
    sends: bool
    data: bytes
    size: int
    at: int


def sniff(data: bytes) -> bool:
    """A call with a descriptor, a buffer and a result."""
    for _, line in sample_of(data):
        match = _CALL.match(line)
        if match and match["call"] in SENDS | RECEIVES and (_RESULT.search(line) or "unfinished" in line):
            return True
    return False


def read(data: bytes, side: Side | None = None) -> Source:
    """What one descriptor sent and received. Raises Unreadable."""
    calls, ignored = _calls(must_be_text(data))
    by_fd: dict[int, list[_Io]] = defaultdict(list)
    for call in calls:
        by_fd[call.fd].append(call)
    if not by_fd:
        raise Unreadable("No call of this strace output sends or receives anything.")
    fd, first = _socket(by_fd)
    mine = by_fd[fd][first:]
    turns = [Turn("0", int(not call.sends), call.data, call.at, len(call.data) < call.size) for call in mine]
    notes = [ONE.format(fd)] if len(by_fd) > 1 else []
    if first:
        notes.append(BEFORE.format(fd))
    if any(turn.lost for turn in turns):
        notes.append(CUT)
    return from_turns(turns, NAME, side, ignored_lines=tuple(ignored), assumptions=tuple(notes))


def _socket(by_fd: dict[int, list[_Io]]) -> tuple[int, int]:
    """The descriptor that carries WebSocket and its first call that does: descriptors are used again. A head shows it
    best, then a frame; where there is neither, the descriptor that moved the most is taken."""
    for shows in (is_head, looks_right):
        for fd, calls in by_fd.items():
            for index, call in enumerate(calls):
                if shows(call.data):
                    return fd, index
    return max(by_fd, key=lambda fd: sum(call.size for call in by_fd[fd])), 0


def _calls(text: str) -> tuple[list[_Io], list[int]]:
    calls: list[_Io] = []
    ignored: list[int] = []
    unfinished: dict[tuple[str, str], tuple[int, str]] = {}
    dumped: bytes | None = None
    for number, line in lines_of(text):
        if dump := _DUMP.fullmatch(line.rstrip("\n")):
            dumped = _dumped(calls, dumped, dump["rest"]) if calls else None
            continue
        dumped = None
        found = _begun(line, unfinished)
        if isinstance(found, _Io):
            calls.append(found)
        elif not found:
            ignored.append(number)
    return calls, ignored


def _dumped(calls: list[_Io], so_far: bytes | None, rest: str) -> bytes:
    """Rows under a call (-e read, -e write) hold all of its bytes."""
    have = so_far or b""
    row = hex_row(rest, min(16, calls[-1].size - len(have))) if len(have) < calls[-1].size else b""
    have += row or b""
    calls[-1] = calls[-1]._replace(data=have)
    return have


def _begun(line: str, unfinished: dict[tuple[str, str], tuple[int, str]]) -> _Io | bool:
    """The call of a line; True for one that says nothing about bytes, but is understood."""
    if (match := _RESUMED.match(line)) and (start := unfinished.pop((_pid(line), match["call"]), None)):
        return _io(match["call"], start[0], start[1] + match["rest"], line) or True
    match = _CALL.match(line)
    if not match or match["call"] not in SENDS | RECEIVES:
        return False
    if "<unfinished ...>" in match["rest"]:
        rest = match["rest"].replace("<unfinished ...>", "")
        unfinished[_pid(line), match["call"]] = int(match["fd"]), rest
        return True
    return _io(match["call"], int(match["fd"]), match["rest"], match["before"]) or True


def _pid(line: str) -> str:
    match = _PID.match(line)
    return match[1] if match else ""


def _io(call: str, fd: int, rest: str, before: str) -> _Io | None:
    result = _RESULT.search(rest)
    size = int(result[1]) if result else 0
    if size <= 0:
        return None
    try:
        data = b"".join(unescape(text)[0] for text, _ in _BUFFER.findall(rest))[:size]
    except BadEscape as error:
        raise Unreadable(f"A buffer of this strace output cannot be read: {error}.") from None
    return _Io(fd, call in SENDS, data, size, time_in(before) or 0)
