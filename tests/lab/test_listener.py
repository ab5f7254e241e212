import http.client
import socket
from collections.abc import Iterator

import pytest

from app.lab import listener as module
from app.lab.lab import Lab
from app.lab.plan import Plan
from app.lab.run import Run

ORIGIN = "http://127.0.0.1:5000"


@pytest.fixture
def run(lab: Lab) -> Run:
    made = lab.create(Plan(), ORIGIN)
    made.open("post")
    return made


@pytest.fixture
def http_(lab: Lab) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", lab.listener().port, timeout=5)
    yield connection
    connection.close()


def ask(http_: http.client.HTTPConnection, method: str, path: str, origin: str = "") -> http.client.HTTPResponse:
    http_.request(method, path, b"x" if method == "POST" else None, {"Origin": origin} if origin else {})
    answer = http_.getresponse()
    answer.read()
    return answer


def test_the_page_of_the_run_may_read_answers(run: Run, http_: http.client.HTTPConnection) -> None:
    answer = ask(http_, "POST", f"/{run.id}/post/message", ORIGIN)
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (204, ORIGIN)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:5001", "https://127.0.0.1:5000"])
def test_no_other_page_may(run: Run, http_: http.client.HTTPConnection, origin: str) -> None:
    answer = ask(http_, "POST", f"/{run.id}/post/message", origin)
    assert answer.status == 403 and answer.headers["Access-Control-Allow-Origin"] is None


@pytest.mark.parametrize("path", ["/{run}/post/nothing", "/{run}/ws/message", "/0000/post/message"])
def test_what_is_not_measured_is_not_there(run: Run, http_: http.client.HTTPConnection, path: str) -> None:
    assert ask(http_, "POST", path.format(run=run.id)).status == 404


def test_a_connection_stays_with_its_row(run: Run, http_: http.client.HTTPConnection) -> None:
    run.open("poll")
    assert ask(http_, "POST", f"/{run.id}/post/message").status == 204
    with pytest.raises(http.client.RemoteDisconnected):
        ask(http_, "GET", f"/{run.id}/poll/message")


@pytest.mark.parametrize("data", [b"\x16\x03\x01\x00\x05hello", b"junk\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\n" * 10])
def test_what_is_no_request_ends_the_connection(lab: Lab, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", lab.listener().port), 5) as sock:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        assert sock.recv(100) == b""


def test_there_are_never_too_many_connections(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECTIONS", 1)
    address = ("127.0.0.1", lab.listener().port)
    with socket.create_connection(address, 5), socket.create_connection(address, 5) as second:
        assert second.recv(1) == b""
