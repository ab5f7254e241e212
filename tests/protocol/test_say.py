"""What apps may ask for, and how a server's answer may differ from a right one."""

from app.protocol.say import Act, Answer, HangUp, Listener, Raw, Say
from app.protocol.server import Server
from tests.samples import REQUEST

RIGHT = [("Upgrade", "websocket"), ("X-A", "1")]


def test_an_answer_replaces_adds_repeats_and_leaves_out() -> None:
    edited = Answer(headers=(("upgrade", None), ("X-A", ("2", "3")), ("X-B", ("4",)))).edit(RIGHT)
    assert edited == [("X-A", "2"), ("X-A", "3"), ("X-B", "4")]
    assert Answer().edit(RIGHT) == RIGHT


def test_a_listener_does_nothing_by_itself() -> None:
    listener = Listener()
    assert listener.opened() == listener.heard(1, b"a") == listener.woken() == []


class Rude(Listener):
    def opened(self) -> list[Act]:
        return [Raw(b"\xff"), Say(1, b"a"), HangUp(), Say(1, b"never")]


def test_a_server_does_what_it_is_asked_until_it_has_hung_up() -> None:
    server = Server(Rude())
    units = server.receive(REQUEST)
    assert units[1:] == [b"\xff", b"\x81\x01a"]
    assert server.finished


def test_a_server_may_answer_with_another_status() -> None:
    server = Server(Listener(), answer=Answer(302, (("Location", ("/elsewhere",)),)))
    (head,) = server.receive(REQUEST)
    assert head.startswith(b"HTTP/1.1 302")
    assert b"Location: /elsewhere\r\n" in head
    assert server.refused == 302
