"""Long work of requests: done by few workers, or refused for a moment."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from app import create_app
from app.live.fold import STRIDE
from app.live.server import background
from app.protocol.frames import Opcode, write_frame
from app.settings import Settings
from app.web.work import bounded

from .conftest import Caller
from .test_api import raw, receive

FRAME = write_frame(Opcode.BINARY, bytes(100), key=bytes(4))
COUNT = STRIDE // len(FRAME) + 1
PATHS = ["/api/sessions/demo/events", "/api/sessions/demo/explain?seq=5", "/learn/one-conversation/bind?session=demo"]


def fill(call: Caller, frames: int) -> None:
    """A connection that has said more than is explained in passing."""
    with raw(call, "demo") as peer:
        receive(peer, b"\r\n\r\n")
        peer.sendall(FRAME * frames)
        size = (len(FRAME) - 4) * frames
        while size:
            size -= len(peer.recv(size))


@pytest.mark.parametrize("path", PATHS)
def test_who_comes_while_all_are_at_work_is_asked_to_come_again(path: str) -> None:
    with background(create_app(replace(Settings(), explain_workers=1, explain_waiting=0))) as server:
        call, go, begun = Caller(server), threading.Event(), threading.Event()
        fill(call, COUNT)
        busy = threading.Thread(target=server.hub.workers.run, args=(lambda: begun.set() or go.wait(5),))
        busy.start()
        assert begun.wait(5)
        answer = call("GET", path)
        assert answer.status == 503 and answer.headers["Retry-After"]
        go.set()
        busy.join(5)
        assert call("GET", path).status == 200


def test_the_trace_needs_no_explaining(call: Caller) -> None:
    fill(call, COUNT)
    call.server.hub.workers.stop()
    assert call("GET", "/api/sessions/demo/trace").status == 200
    assert call("GET", "/api/sessions/demo/events").status == 503


def test_many_frames_are_explained(call: Caller) -> None:
    fill(call, 4000)
    answer = call("GET", "/api/sessions/demo/events?after=5000").json
    assert len(answer["events"]) == 1000 and answer["more"] and answer["events"][0]["seq"] == 5001


def test_short_work_is_done_at_once() -> None:
    assert bounded(False, lambda: 7) == 7
