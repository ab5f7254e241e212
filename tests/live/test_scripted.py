"""Scripted clients, against a running server."""

from __future__ import annotations

import pytest

from app.live.scripted import Crowded, Say, ScriptedClients
from app.live.server import FrontServer
from app.protocol.client import SAMPLE_KEY, SAMPLE_MASK, Client
from app.protocol.frames import Opcode

HELLO = bytes.fromhex("818537fa213d7f9f4d5158")


def hello(client: Client) -> bytes:
    return client.frame(Opcode.TEXT, b"Hello")


def sample(host: str) -> Client:
    return Client(host, "/ws/demo?app=echo", key=SAMPLE_KEY, mask=lambda: SAMPLE_MASK)


def test_a_client_may_rest_and_leave_without_a_word(server: FrontServer) -> None:
    plan = [Say(hello, rest=0.05), Say(lambda client: b"", after=1, leave="fin")]
    client = server.hub.clients.start("demo", sample, plan)
    assert client.ended.wait(10)
    found = server.hub.sessions.named("demo").find_peer(client.name, 5)
    assert found and found.closed.wait(5)
    assert found.trace.bytes("client").endswith(HELLO)
    first = next(record for record in found.trace.records if record.kind != "data")
    assert (first.side, first.kind) == ("client", "fin")


def test_a_client_may_reset_the_connection(server: FrontServer) -> None:
    client = server.hub.clients.start("demo", sample, [Say(hello), Say(lambda client: b"", after=1, leave="rst")])
    assert client.ended.wait(10)
    found = server.hub.sessions.named("demo").find_peer(client.name, 5)
    assert found and found.closed.wait(5)
    assert "rst" in [record.kind for record in found.trace.records]


def test_a_plan_is_played_to_its_end(server: FrontServer) -> None:
    plan = [Say(hello), Say(lambda client: client.close(1000), after=1)]
    client = server.hub.clients.start("demo", sample, plan)
    assert client.ended.wait(10)
    found = server.hub.sessions.named("demo").find_peer(client.name, 5)
    assert found and found.closed.wait(5)
    assert HELLO in found.trace.bytes("client") and bytes.fromhex("810548656c6c6f") in found.trace.bytes("server")
    assert [record.kind for record in found.trace.records[-2:]] == ["fin", "fin"]


def test_it_waits_for_the_101_before_it_speaks(server: FrontServer) -> None:
    session = server.hub.sessions.named("demo")
    session.set_mode("hold")
    client = server.hub.clients.speaker("demo")
    assert client.say(hello) == len(HELLO)
    found = session.find_peer(client.name, 5)
    assert found is not None
    found.settle()
    assert found.trace.bytes("client").endswith(b"\r\n\r\n")
    session.set_mode("run")
    while b"\x81\x05Hello" not in found.trace.bytes("server"):
        found.settle()


def test_the_one_who_speaks_is_kept(server: FrontServer) -> None:
    first = server.hub.clients.speaker("demo")
    assert server.hub.clients.speaker("demo") is first
    first.stop()
    assert first.ended.wait(5)
    assert server.hub.clients.speaker("demo") is not first


def test_there_are_only_so_many(server: FrontServer) -> None:
    clients = ScriptedClients(1)
    clients.address = server.hub.clients.address
    clients.speaker("one")
    with pytest.raises(Crowded):
        clients.speaker("two")
    clients.stop()
    clients.speaker("two")
    clients.stop()


def test_our_own_port_may_be_gone() -> None:
    clients = ScriptedClients(1)
    clients.address = ("127.0.0.1", 1)
    with pytest.raises(OSError):
        clients.speaker("demo")
