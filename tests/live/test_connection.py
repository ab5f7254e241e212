"""A connection as other threads see it; its own thread is tested in test_endpoint."""

from __future__ import annotations

from app.live.session import Session


def test_it_describes_itself(session: Session) -> None:
    connection = session.connect("127.0.0.1:5", "tour")
    about = connection.describe()
    assert (about["id"], about["peer"], about["app"], about["open"]) == ("c1", "127.0.0.1:5", "tour", True)
    assert about["bytes"] == {"client": 0, "server": 0} and about["held"] == [] and about["stopped"] is None
    connection.end()
    assert connection.describe()["open"] is False and connection.describe()["closed_at"] >= about["opened_at"]


def test_its_end_tells_everybody_who_waits(session: Session) -> None:
    connection = session.connect("p", "echo")
    job = connection.post(lambda engine: [])
    connection.end()
    assert job.done.is_set() and connection.closed.is_set()
    connection.wake()
    connection.settle(0)


def test_followers_hear_of_records_only_while_there_are_any(session: Session) -> None:
    connection = session.connect("p", "echo")
    connection.record(0, "client", b"x")
    assert not connection.dirty
    session.follow()
    position = session.log.end
    connection.record(1, "client", b"y")
    assert session.log.wait(position, 5)
    session.unfollow()
    connection.end()


def test_how_patient_a_client_is_depends_on_its_name(session: Session) -> None:
    connection = session.connect("p", "echo")
    connection.know(b"GET / HTTP/1.1\r\nUser-Agent: Mozilla/5.0 Chrome/156\r\n\r\n")
    assert connection.gate.client.name == "Chromium"
    connection.end()
