"""What the RFC wants, and what a browser lets pass."""

import pytest

from app.protocol.apps import Echo
from app.protocol.client import SAMPLE_KEY, SAMPLE_MASK, Client
from app.protocol.conversation import Conversation
from app.protocol.frames import Opcode, write_close, write_frame
from app.protocol.handshake import write_request
from app.protocol.profiles import BROWSER_PROFILE, PROFILES, STRICT_PROFILE, Profile
from app.protocol.rules import RULES
from app.protocol.server import Server
from app.trace import Record


def opened(profile: Profile) -> Client:
    server = Server(Echo())
    client = Client("x", "/ws/x", key=SAMPLE_KEY, mask=lambda: SAMPLE_MASK, profile=profile)
    for unit in server.receive(client.request()):
        client.receive(unit)
    return client


@pytest.mark.parametrize(
    ("profile", "sent", "answer"),
    [
        (STRICT_PROFILE, write_close(5000), 1002),
        (BROWSER_PROFILE, write_close(5000), 5000),
        (STRICT_PROFILE, write_close(999), 1002),
        (BROWSER_PROFILE, write_close(999), 999),
        (STRICT_PROFILE, write_close(1006), 1002),
        (BROWSER_PROFILE, write_close(1006), 1002),
        (STRICT_PROFILE, write_frame(Opcode.TEXT, b"\xff"), 1007),
        (BROWSER_PROFILE, write_frame(Opcode.TEXT, b"\xff"), 1002),
    ],
)
def test_a_client_answers_as_its_profile_says(profile: Profile, sent: bytes, answer: int) -> None:
    assert opened(profile).receive(sent) == [write_close(answer, _reason(profile, sent), SAMPLE_MASK)]


def _reason(profile: Profile, sent: bytes) -> str:
    conversation = Conversation(assume_open=True, profile=profile)
    violations = [v for event in conversation.feed(Record(0, "server", "wire", "data", sent)) for v in event.violations]
    failing = [v for v in violations if profile.answer(v.rule)]
    return failing[0].text if failing else ""


@pytest.mark.parametrize(("profile", "code"), [(STRICT_PROFILE, 1002), (BROWSER_PROFILE, None)])
def test_a_violation_names_a_close_code_only_where_the_receiver_fails(profile: Profile, code: int | None) -> None:
    conversation = Conversation(assume_open=True, profile=profile)
    events = conversation.feed(Record(0, "server", "wire", "data", write_close(5000)))
    (violation,) = (violation for event in events for violation in event.violations)
    assert (violation.rule, violation.close_code) == ("cls.code.unused", code)


def test_a_server_takes_a_profile_too() -> None:
    server = Server(Echo(), profile=BROWSER_PROFILE)
    server.receive(write_request("x", "/ws/x", SAMPLE_KEY))
    assert server.receive(write_close(4999 + 1, key=SAMPLE_MASK)) == [write_close(5000)]


def test_severities_follow_the_table_unless_told_otherwise() -> None:
    assert STRICT_PROFILE.severities == {}
    for rule in RULES.values():
        assert STRICT_PROFILE.severity(rule.id) == (rule.severity or "note")
    assert all(RULES[name].severity != BROWSER_PROFILE.severity(name) for name in BROWSER_PROFILE.severities)
    assert set(PROFILES) == {"strict", "browser"}
