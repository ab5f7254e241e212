"""The recorded example of wss."""

from __future__ import annotations

from app.live.sealed import HOST, WORDS, recorded
from app.protocol.conversation import Conversation
from app.protocol.events import Message
from app.protocol.tls.decrypt import decrypt
from app.protocol.tls.hello import server_name
from app.protocol.tls.keylog import KeyLog, read_keylog


def test_its_keys_open_it_and_nothing_is_wrong_inside() -> None:
    made = recorded()
    assert made is not None
    found = decrypt(made.trace, read_keylog(made.keylog))
    assert found.opened and not found.problems and found.client and server_name(found.client) == HOST
    conversation = Conversation()
    events = [event for record in found.trace.records for event in conversation.feed(record)]
    texts = [event.detail for event in events if isinstance(event.detail, Message)]
    assert [(text.payload.decode(), text.compressed) for text in texts][-1] == (WORDS, True) and len(texts) == 4
    assert not [event for event in events if event.kind == "violation" and event.detail.severity == "error"]


def test_without_them_it_stays_shut() -> None:
    made = recorded()
    assert made is not None and not decrypt(made.trace, KeyLog({})).opened
    assert recorded() is made
