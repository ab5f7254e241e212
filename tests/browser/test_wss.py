"""A real browser over https and wss, on the port of http and ws, with a certificate that it was told to accept."""

from __future__ import annotations

from playwright.sync_api import Browser

from app import create_app
from app.live.server import background
from app.protocol.tls.decrypt import decrypt
from app.protocol.tls.hello import alpn
from app.protocol.tls.keylog import read_keylog
from app.trace import SIDES

TALK = """async ([url, texts]) => {
  const socket = new WebSocket(url);
  await new Promise((done, fail) => { socket.onopen = done; socket.onerror = () => fail(new Error("refused")); });
  const heard = [];
  for (const text of texts) {
    const answer = new Promise((done) => { socket.onmessage = (event) => done(event.data); });
    socket.send(text);
    heard.push(await answer);
  }
  const closed = new Promise((done) => { socket.onclose = (event) => done(event.code); });
  socket.close(1000);
  return [heard, await closed];
}"""
TEXTS = ["Hello", "Hello", "x" * 20_000]


def test_chromium_speaks_https_and_wss_here(browser: Browser) -> None:
    with background(create_app()) as server:
        context = browser.new_context(ignore_https_errors=True)
        page = context.new_page()
        for sockets, pages in (("wss", "https"), ("ws", "http")):
            answer = page.goto(f"{pages}://127.0.0.1:{server.port}/api/sessions")
            assert answer and answer.ok
            assert page.evaluate(TALK, [f"{sockets}://127.0.0.1:{server.port}/ws/{sockets}-page", TEXTS]) == [
                TEXTS,
                1000,
            ]
        context.close()
        session = server.hub.sessions.get("wss-page")
        assert session is not None
        connection = session.connections()[0]
        assert connection.closed.wait(5)
        found = decrypt(connection.trace, read_keylog(connection.keylog))
        assert found.problems == () and found.client and alpn(found.client) == ("http/1.1",)
        for side in SIDES:
            assert found.trace.bytes(side) == connection.trace.bytes(side) != b""
