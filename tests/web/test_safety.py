"""Hosts, origins, keys, redaction and headers."""

from __future__ import annotations

import logging
from contextlib import closing

import pytest

from app.web.safety import HEADERS, known_host

from .conftest import Caller
from .test_api import raw, receive

SECRET = (("Cookie", "id=secret"), ("Authorization", "Basic secret"), ("X-Forwarded-For", "192.0.2.7"))


class TestHost:
    @pytest.mark.parametrize(
        "host", ["127.0.0.1", "127.0.0.1:5000", "[::1]:5000", "localhost", "LOCALHOST:1", "board.lan"]
    )
    def test_ours(self, host: str) -> None:
        assert known_host(host, frozenset({"board.lan"}))

    @pytest.mark.parametrize("host", ["", "evil.example", "localhost.evil.example", "a b", "[::1", "127.0.0.1.nip.io"])
    def test_not_ours(self, host: str) -> None:
        assert not known_host(host, frozenset())

    def test_a_foreign_name_gets_421(self, call: Caller) -> None:
        answer = call("GET", "/api/sessions", Host="evil.example")
        assert answer.status == 421 and answer.json["error"]


class TestOrigin:
    @pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
    def test_foreign_pages_change_nothing(self, call: Caller, origin: str) -> None:
        assert call("POST", "/api/sessions", {}, Origin=origin).status == 403

    def test_our_own_pages_may(self, call: Caller) -> None:
        assert call("POST", "/api/sessions", {}, Origin=call.origin).status == 201

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
    def test_forms_are_not_json(self, call: Caller, kind: str) -> None:
        assert call("POST", "/api/sessions", {}, Content_Type=kind).status == 415

    def test_the_endpoint_takes_every_origin(self, call: Caller) -> None:
        with closing(raw(call, "demo", (("Origin", "http://evil.example"),))) as peer:
            assert receive(peer, b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")


class TestKeys:
    def test_on_this_machine_programs_need_none(self, call: Caller) -> None:
        made = call("POST", "/api/sessions", {}).json["id"]
        assert call("POST", f"/api/sessions/{made}/gate", {"mode": "hold"}).status == 200

    def test_pages_need_theirs(self, call: Caller) -> None:
        made = call("POST", "/api/sessions", {}).json
        path, body = f"/api/sessions/{made['id']}/gate", {"mode": "hold"}
        assert call("POST", path, body, Origin=call.origin).status == 403
        assert call("POST", path, body, Origin=call.origin, Authorization="Bearer wrong").status == 403
        assert call("POST", path, body, Origin=call.origin, Authorization=f"Bearer {made['key']}").status == 200

    def test_a_public_session_has_none(self, call: Caller) -> None:
        assert call("POST", "/api/sessions/demo/gate", {"mode": "hold"}, Origin=call.origin).status == 200

    def test_beyond_this_machine_everybody_needs_it(self, outside: Caller) -> None:
        made = outside("POST", "/api/sessions", {}).json
        path, body = f"/api/sessions/{made['id']}/gate", {"mode": "hold"}
        assert outside("POST", path, body).status == 403
        assert outside("POST", path, body, Authorization=f"Bearer {made['key']}").status == 200

    def test_beyond_this_machine_a_public_session_always_runs(self, outside: Caller) -> None:
        answer = outside("POST", "/api/sessions/demo/gate", {"mode": "hold"})
        assert answer.status == 403 and "always runs" in answer.json["error"]

    def test_beyond_this_machine_nobody_lists_sessions(self, outside: Caller) -> None:
        assert outside("GET", "/api/sessions").status == 403


class TestRedaction:
    def served(self, call: Caller, session: str) -> None:
        with closing(raw(call, session, SECRET)) as peer:
            receive(peer, b"\r\n\r\n")
        found = call.server.hub.sessions.get(session)
        assert found and found.connections()[0].closed.wait(5)

    def test_here_everything_is_shown(self, call: Caller) -> None:
        self.served(call, "demo")
        assert b"secret".hex().encode() in call("GET", "/api/sessions/demo/trace").body

    def test_others_do_not_see_what_belongs_to_the_two(self, outside: Caller) -> None:
        self.served(outside, "demo")
        answer = outside("GET", "/api/sessions/demo/trace").body
        for hidden in (b"secret", b"192.0.2.7"):
            assert hidden.hex().encode() not in answer
        assert b"*********".hex().encode() in answer
        assert outside("GET", "/api/sessions/demo").json["connections"][0]["peer"] == "hidden"

    def test_the_key_shows_everything(self, outside: Caller) -> None:
        made = outside("POST", "/api/sessions", {}).json
        self.served(outside, made["id"])
        path = f"/api/sessions/{made['id']}/trace"
        hidden = outside("GET", path).body
        shown = outside("GET", path, Authorization=f"Bearer {made['key']}").body
        assert b"secret".hex().encode() in shown and len(shown) == len(hidden)

    def test_events_keep_their_places(self, outside: Caller) -> None:
        made = outside("POST", "/api/sessions", {}).json
        self.served(outside, made["id"])
        path, key = f"/api/sessions/{made['id']}/events", {"Authorization": f"Bearer {made['key']}"}
        public, full = outside("GET", path).json["events"], outside("GET", path, **key).json["events"]
        assert [(e["start"], e["end"]) for e in public[:2]] == [(e["start"], e["end"]) for e in full[:2]]


class TestResponses:
    @pytest.mark.parametrize("path", ["/api/sessions", "/nowhere", "/api/nowhere", "/static/nothing.js"])
    def test_every_response_carries_the_headers(self, call: Caller, path: str) -> None:
        answer = call("GET", path)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert "Access-Control-Allow-Origin" not in answer.headers and "Set-Cookie" not in answer.headers

    @pytest.mark.parametrize(("method", "path"), [("GET", "/api/nothing"), ("PUT", "/api/sessions"), ("PUT", "/")])
    def test_what_is_not_served_is_one_sentence(self, call: Caller, method: str, path: str) -> None:
        said = call(method, path, {}).body.decode()
        assert "URL" not in said and said.count(".") == 1

    def test_the_log_names_routes_only(self, call: Caller, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        made = call("POST", "/api/sessions", {}).json
        call("GET", f"/api/sessions/{made['id']}/trace?token=%0Ahidden", Authorization=f"Bearer {made['key']}")
        text = "\n".join(record.getMessage() for record in caplog.records)
        assert "GET /api/sessions/<id>/trace 200" in text
        assert made["id"] not in text and made["key"] not in text and "hidden" not in text

    def test_reading_changes_nothing(self, call: Caller) -> None:
        call("GET", "/api/sessions/demo")
        assert call("GET", "/api/sessions").json["sessions"] == []

    def test_a_large_body_is_refused(self, outside: Caller) -> None:
        answer = outside("POST", "/api/sessions/x/gate", {"mode": "x" * (17 * 2**20)})
        assert answer.status == 413
