"""The lens inside wss."""

from __future__ import annotations

import re

from app.protocol.tls.keylog import read_keylog
from tests.web.conftest import Caller


def test_the_ends_see_the_text_and_the_network_does_not(call: Caller) -> None:
    ends, net = (call("GET", f"/lens/tls?view={view}").body.decode() for view in ("ends", "net"))
    assert "The client sends the text “Hello”, sealed" in ends and "because we hold the keys" in ends
    assert "The client sends 33 bytes of something" in net and "33 − 22 = 11 bytes inside" in net
    assert "Hello”" not in net and "scope.class.test" in net and "not visible" in net


def test_one_byte_keeps_its_key_through_the_layers(call: Caller) -> None:
    page = call("GET", "/lens/tls").body.decode()
    keys = re.findall(r'data-key="(r\d+)"', page)
    assert keys.count("r11") == 5 and keys.count("r5") == 3 and keys.count("r0") == 2


def test_what_is_inflated_says_which_message_it_belongs_to(call: Caller) -> None:
    page = call("GET", "/lens/tls?side=server&record=9").body.decode()
    assert "comes out of message 1 of the server as a whole" in page or "comes out of message 0" in page


def test_every_record_has_a_page(call: Caller) -> None:
    page = call("GET", "/lens/tls").body.decode()
    for side, number in set(re.findall(r"side=(\w+)&amp;record=(\d+)", page)):
        for view in ("ends", "net"):
            assert call("GET", f"/lens/tls?view={view}&side={side}&record={number}").status == 200
    assert call("GET", "/lens/tls?record=400").status == 404


def test_the_key_log_can_be_had(call: Caller) -> None:
    answer = call("GET", "/lens/tls/example.keylog")
    assert "attachment" in answer.headers["Content-Disposition"] and read_keylog(answer.body).secrets


def test_a_session_without_tls_says_so(call: Caller) -> None:
    assert call("GET", "/lens/tls/nobody").status == 404
    call("POST", "/api/sessions/plain/gate", {"mode": "run"})
    assert "over TLS" in call("GET", "/lens/tls/plain").body.decode()
