"""The lab as a whole: every row, measured with Python clients, against what a packet capture saw of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.lab.channel import Channel
from app.lab.clients import measure
from app.lab.lab import Lab, missing
from app.lab.plan import ROWS, Plan
from app.trace import SIDES, Side
from tests.lab import capture

CASES = [(row.id, side) for row in ROWS.values() for side in row.sides]
Marks = list[tuple[float, int]]
TRIES = 4
"""A busy machine repeats segments and drops datagrams now and then; such a run is measured again."""


@pytest.fixture
def lab() -> Iterator[Lab]:
    made = Lab()
    yield made
    made.close()


@pytest.fixture(scope="module")
def may_capture() -> None:
    if not capture.available():
        pytest.skip("dumpcap is missing here, or this account may not capture on the loopback device")


@pytest.fixture
def marks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, int]]:
    """When each row's counting ended, and its datagrams by then: what is captured later belongs to the closing."""
    ends: list[tuple[float, int]] = []
    finish = Channel.finish

    def marked(channel: Channel) -> None:
        finish(channel)
        ends.append((time.time(), channel.tally.datagrams))

    monkeypatch.setattr(Channel, "finish", marked)
    return ends


def compare(lab: Lab, row: str, plan: Plan, path: Path, marks: Marks) -> list[tuple[Any, Any]] | None:
    """Pairs of figures that should be equal: counted and captured. None when the run was disturbed."""
    run = lab.create(plan)
    with capture.capturing(path) as captured:
        found = measure(lab, run, row)
        counted = run.traces[row].end
    lab.end(run)
    seen = [packet for packet in captured.packets if packet.at <= marks[-1][0]]
    tcp = [packet for packet in seen if lab.listener().port in (packet.source, packet.target)]
    udp = [packet for packet in seen if packet.protocol == capture.UDP and packet.target != capture.DISCARD]
    if capture.repeated(tcp) or len(udp) != marks[-1][1]:
        return None
    assert found["delivered"] == plan.count
    pairs: list[tuple[Any, Any]] = []
    for side in SIDES:
        mine = counted.json()[side]
        at_lab = [packet for packet in tcp if (packet.target == lab.listener().port) == (side == "client")]
        if not udp:
            pairs.append((sum(mine.values()) - mine["network"], sum(packet.payload for packet in at_lab)))
            pairs.append((sum(mine.values()), sum(packet.on_a_network for packet in at_lab)))
    if udp:
        network = sum(packet.on_a_network for packet in tcp) + sum(packet.size for packet in udp)
        pairs.append((counted.total(), network))
    return pairs


@pytest.mark.slow
@pytest.mark.usefixtures("may_capture")
@pytest.mark.parametrize(("row", "sender"), CASES)
def test_what_is_counted_equals_a_capture_to_the_byte(
    lab: Lab, row: str, sender: Side, tmp_path: Path, marks: Marks
) -> None:
    if row in missing():
        pytest.skip(f"{missing()[row]} is not installed")
    for attempt in range(TRIES):
        pairs = compare(lab, row, Plan(200, 5, sender), tmp_path / f"{attempt}.pcap", marks)
        if pairs is not None:
            assert [counted for counted, _ in pairs] == [captured for _, captured in pairs]
            return
    pytest.skip("this machine is too busy: segments were repeated in every try")
