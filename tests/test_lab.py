"""The lab as a whole: every row, measured with Python clients, against what a packet capture saw of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import pytest

from app.lab.channel import Channel
from app.lab.clients import measure
from app.lab.lab import Lab, missing
from app.lab.plan import ROWS, Plan
from app.lab.tally import Bytes
from app.trace import SIDES, Side
from tests.lab import capture

Case = tuple[str, Side]
CASES: list[Case] = [(row.id, side) for row in ROWS.values() for side in row.sides]
TRIES = 4
"""A busy machine repeats segments and drops datagrams now and then; such a row is measured again."""


class Marked(NamedTuple):
    """What was counted of a row, in which span of time, and with how many datagrams."""

    counted: Bytes
    begin: float
    end: float
    datagrams: int
    port: int


def measured(lab: Lab, case: Case) -> Marked:
    """Measure a row. The span ends with the counting: what is captured later belongs to the closing."""
    row, sender = case
    ends: list[tuple[float, int]] = []
    finish = Channel.finish

    def marked(channel: Channel) -> None:
        finish(channel)
        ends.append((time.time(), channel.tally.datagrams))

    run, begin = lab.create(Plan(200, 5, sender)), time.time()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Channel, "finish", marked)
        found = measure(lab, run, row)
    counted = run.traces[row].end
    lab.end(run)
    assert found["delivered"] == 5
    return Marked(counted, begin, *ends[0], lab.listener().port)


def observe(cases: list[Case], path: Path) -> dict[Case, list[tuple[int, int]] | None]:
    """Each row's figures as counted and as captured; None where the run was disturbed."""
    lab = Lab()
    try:
        with capture.capturing(path) as captured:
            marks = {case: measured(lab, case) for case in cases}
    finally:
        lab.close()
    return {case: pairs(mark, captured.packets) for case, mark in marks.items()}


def pairs(mark: Marked, packets: list[capture.Seen]) -> list[tuple[int, int]] | None:
    """Figures that should be equal: bytes carried by TCP and bytes of IP, or with datagrams bytes of IP alone."""
    seen = [packet for packet in packets if mark.begin <= packet.at <= mark.end]
    tcp = [packet for packet in seen if mark.port in (packet.source, packet.target)]
    udp = [packet for packet in seen if packet.protocol == capture.UDP and packet.target != capture.DISCARD]
    if capture.repeated(tcp) or (mark.datagrams and len(udp) != mark.datagrams):
        return None
    if mark.datagrams:
        return [(mark.counted.total(), sum(packet.on_a_network for packet in tcp) + sum(packet.size for packet in udp))]
    found = []
    for side in SIDES:
        mine = mark.counted.json()[side]
        theirs = [packet for packet in tcp if (packet.target == mark.port) == (side == "client")]
        found.append((sum(mine.values()) - mine["network"], sum(packet.payload for packet in theirs)))
        found.append((sum(mine.values()), sum(packet.on_a_network for packet in theirs)))
    return found


@pytest.fixture(scope="module")
def first_look(tmp_path_factory: pytest.TempPathFactory) -> dict[Case, list[tuple[int, int]] | None]:
    """Every row in one capture."""
    if not capture.available():
        pytest.skip("dumpcap is missing here, or this account may not capture on the loopback device")
    return observe(
        [case for case in CASES if case[0] not in missing()], tmp_path_factory.mktemp("capture") / "all.pcap"
    )


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_what_is_counted_equals_a_capture_to_the_byte(
    first_look: dict[Case, list[tuple[int, int]] | None], case: Case, tmp_path: Path
) -> None:
    if case[0] in missing():
        pytest.skip(f"{missing()[case[0]]} is not installed")
    found = first_look[case]
    for attempt in range(TRIES):
        if found is not None:
            assert [counted for counted, _ in found] == [captured for _, captured in found]
            return
        found = observe([case], tmp_path / f"{attempt}.pcap")[case]
    pytest.skip("this machine is too busy: segments were repeated in every try")
