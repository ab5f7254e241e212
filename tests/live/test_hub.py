"""Trust, and where scripted clients connect. Stopping: test_front and test_serve."""

import pytest

from app.live.hub import Hub, is_loopback
from app.settings import Settings


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1", "[::1]"])
def test_this_machine_only(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org", "localhost.example.org", ""])
def test_reachable_by_others(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("bound", "address"), [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("192.168.1.2", "192.168.1.2")]
)
def test_our_own_port_is_reached_over_loopback(bound: str, address: str) -> None:
    assert Hub(Settings(), (bound, 5000)).clients.address == (address, 5000)
