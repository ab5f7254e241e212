"""What scripts say. The entries go to the browser."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "js.task.right": "Yes",
    "js.task.wrong": "Not yet",
    "js.copied": "Copied",
    "js.copy-failed": "The browser did not allow copying; select the text instead",
    "js.bytes": "{n} bytes",
    "js.error.unreachable": "The server cannot be reached. It may have stopped; what is on the page stays.",
    "js.error.status": "The server answered {status}.",
    "js.feed.lost": "The line to the server is lost. Trying again; nothing that was recorded is lost.",
    "js.scope.waiting": "Nothing has been sent yet. The first bytes will be shown here.",
    "js.rung": "Step {number}. {direction}: {tag} {summary}, {size}",
    "js.rung.held": "Step {number}. {direction}: {tag} {summary}, {size}, held by the server",
    "js.rung.bad": "Step {number}. {direction}: {tag} {summary}, {size}. Breaks a rule: {why}",
    "js.dir.client": "Client to server",
    "js.dir.server": "Server to client",
    "js.ladder.earlier": "{n} earlier steps are not drawn",
    "js.count.of": " of {total}",
    "js.count.none": "–",
    "js.count.so-far": ", so far",
    "js.state.connecting": "connecting",
    "js.state.connecting.more": ": no answer yet",
    "js.state.open": "open",
    "js.state.open.more": ": both may speak",
    "js.state.closing": "closing",
    "js.state.closing.more": ": one side said goodbye",
    "js.state.closed": "closed",
    "js.state.closed.more": ": nothing more can be sent",
    "js.spot.bytes": "bytes {first}–{last} of 0–{size}",
    "js.goto.label": "Go to byte, 0 to {last}",
    "js.source.own": "Your connection",
    "js.source.other": "Another client’s connection",
    "js.source.waiting": "Waiting for a client",
    "js.source.opening": "Opening",
    "js.gate.paused": "Paused.",
    "js.gate.released": "Released by itself in",
    "js.gate.keep": "Keep holding",
    "js.gate.release": "Let it through",
    "js.gate.hold": "Hold each message",
    "js.gate.holding": "holding the next message",
    "js.gate.run": "Let everything run",
    "js.gate.again": "Open again",
    "js.hold.head.inbound": (
        "The request has arrived. The server has not read it yet, so nothing has been decided. The client "
        "waits, and its readyState stays 0."
    ),
    "js.hold.head.outbound": "The answer is ready. Until it leaves, the client waits and its readyState stays 0.",
    "js.hold.inbound": (
        "These bytes have arrived. The server has not read them yet. Only our server waits; the client does not know."
    ),
    "js.hold.outbound": "The server wants to send this. It has not left, so the client knows nothing of it yet.",
    "js.picker.one": "Connection {number}, {peer}, {state}",
    "js.picker.own": "Connection {number}, this page, {state}",
    "js.picker.open": "open",
    "js.picker.closed": "closed",
    "js.peer.browser": "this browser",
    "js.peer.other": "{peer}",
    "js.peer.server": "Socketscope",
    "js.send.open": "Open your own to send",
    "js.send.client": "Send as client",
    "js.send.scripted": "Send as scripted client",
    "js.send.sum": "{sum} = {total} B",
    "js.send.raw": "{n} B, sent exactly as typed",
    "js.send.hex": "pairs of hex digits, such as 00 ff 10",
    "js.send.code": "a code first, such as 1000 done",
    "js.send.note.closed": (
        "This page has no open connection. A scripted client on the server sends this on a connection of its own."
    ),
    "js.send.note.waits": (
        "Your own connection is not open yet. A scripted client on the server sends this on a connection of its own."
    ),
    "js.send.note.ping": (
        "JavaScript has no way to send a ping. A scripted client on the server sends it on a connection of its own."
    ),
    "js.send.note.raw": (
        "A browser never sends bytes as typed. A scripted client on the server does, on a connection of its own."
    ),
    "js.strip.pause": "Pause the animation",
    "js.strip.play": "Play the animation",
}
