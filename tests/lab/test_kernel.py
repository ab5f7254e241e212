import socket
from collections.abc import Iterator

import pytest

from app.lab import kernel
from app.lab.kernel import Estimate, Segments, overhead, segments


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
    with client, server:
        yield client, server


@pytest.mark.skipif(kernel.TCP_INFO is None, reason="only Linux tells its segments")
def test_the_kernel_counts_two_segments_of_the_client_before_any_data(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    found = segments(pair[1])
    assert found and (found.client, found.server) == (2, 0)


def test_a_closed_socket_tells_nothing(pair: tuple[socket.socket, socket.socket]) -> None:
    pair[1].close()
    assert segments(pair[1]) is None
    assert kernel.repeated(pair[1]) == 0


@pytest.mark.parametrize(("family", "client", "server"), [(socket.AF_INET, 112, 60), (socket.AF_INET6, 152, 80)])
def test_opening_takes_three_segments(family: int, client: int, server: int) -> None:
    found = overhead(family, Segments(2, 0, True))
    assert (found.of("client", "network"), found.of("server", "network")) == (client, server)


def test_an_estimate_cuts_long_blocks_and_acknowledges_each() -> None:
    estimate = Estimate()
    estimate.carried(kernel.DATA * 2 + 1, by_server=True)
    estimate.carried(10, by_server=False)
    assert estimate.segments() == Segments(2 + 1 + 1, 3 + 1, True)
    estimate.ended()
    assert estimate.segments() == Segments(6, 6, True)
