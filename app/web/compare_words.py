"""The words of the comparison page. Every number in them is filled in from a measurement."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "title": "Compare · Socketscope",
    "h1": "What does one message cost?",
    "lede": (
        "The same messages travel over each transport between this browser and this server. Every byte is counted, "
        "in both directions."
    ),
    "size": "Message",
    "size.of": "{size} bytes",
    "size.one": "1 byte",
    "count": "How many",
    "count.of": "{count} messages",
    "sender": "Who sends",
    "sender.server": "Server to client",
    "sender.client": "Client to server",
    "cookies": "With a cookie of {size} bytes",
    "every": "Every variant",
    "measure": "Measure",
    "again": "Measure again",
    "stop": "Stop",
    "csv": "CSV",
    "json": "JSON",
    "export": "Export",
    "noscript": "Measuring needs JavaScript. The figures below were recorded.",
    "closed": "The lab measures only on a server that is bound to this machine; run your own to measure.",
    "source.recorded": "Recorded figures, not from your machine",
    "source.measured": "Measured on this machine",
    "source.mixed": "Measured here, except where marked as recorded",
    "source.measuring": "Measuring on this machine",
    "recorded.about": "Recorded on {date} with {client} on {system}, {count} messages a row.",
    "recorded.none": "Nothing is recorded for messages of this size: press Measure.",
    "status.ready": "Ready",
    "status.clock": "Setting the clocks",
    "status.row": "Measuring {name}",
    "status.race": "The race: {count} events in one second",
    "status.done": "{count} transports measured",
    "status.stopped": "Stopped",
    "status.failed": "{name} could not be measured: {why}",
    "progress": "{done} of {count} messages · {rows} of {total} done",
    "progress.label": "Messages measured",
    "bars": "Bytes on the wire for one message",
    "bars.unit": "One square is {size} bytes.",
    "bars.unit.one": "One square is one byte.",
    "bars.total": "{size} bytes",
    "bars.recorded": "recorded",
    "bars.python": "measured with a Python client of this server: {why}",
    "bars.python.was": "recorded with a Python client",
    "bars.python.tls": "a page that was opened over https measures it with the browser",
    "bars.python.h2": "a browser speaks HTTP/2 only with a certificate that it trusts",
    "bars.lost": "{count} of {total} messages arrived",
    "bars.deflated": "{size} bytes of message became {payload}",
    "bars.foreign": "{size} bytes of headers are there only because the lab’s port is another origin",
    "bars.missing": "To measure it, add the package: pip install 'socketscope[webrtc]'",
    "bars.missing.h2": "To measure it, add the package: pip install h2",
    "bars.absent": "SSE carries nothing from client to server; a page that uses it sends with POST.",
    "after": "After {count} messages",
    "after.label": "Total after",
    "after.fewer": "times fewer bytes",
    "after.more": "times the bytes",
    "after.note": (
        "WebSocket compared with {other}, every layer and setting up included. Without TCP and IP the ratio is {ratio}."
    ),
    "after.computed": "Totals are computed: set-up, plus the average message as many times.",
    "after.setup": "Setting up, once.",
    "after.setup.row": "{name} needs {size}",
    "after.even": "WebSocket has paid for its set-up, compared with {other}, after {count} messages.",
    "after.even.one": "WebSocket has paid for its set-up, compared with {other}, after the first message.",
    "after.even.never": "Compared with {other}, WebSocket never pays for its set-up at these sizes.",
    "see": "See these bytes",
    "race": "How long until the client knows?",
    "race.note": (
        "{count} events in one second, on all lines at once. Dashed: it happened. Solid: the client has it. "
        "Grey: waiting. Polling asks once a second, so news waits for the next question."
    ),
    "race.error": "The two clocks agree to within {error} ms.",
    "race.lane": "{name}: median delay {delay} ms",
    "race.recorded": "Recorded, like the figures above it.",
    "numbers": "The numbers",
    "numbers.table": "Table of bytes and delays",
    "numbers.note": (
        "Bytes for one message, average of all, both directions together. Spread: lowest and highest for one message. "
        "Delay: from event to arrival, median."
    ),
    "col.payload": "Payload",
    "col.framing": "Framing",
    "col.headers": "HTTP headers",
    "col.security": "TLS, DTLS",
    "col.network": "TCP or UDP, IP",
    "col.total": "Total",
    "col.spread": "Spread",
    "col.overhead": "Overhead",
    "col.setup": "Set-up",
    "col.delay": "Delay, ms",
    "col.start": "May the server start?",
    "col.binary": "Binary",
    "col.order": "Order",
    "col.reconnect": "Reconnecting",
    "col.proxies": "Proxies",
    "work": "Which one for which work?",
    "work.note": (
        "Bytes for each message with its share of setting up, at the size and in the direction of each workload. "
        "Polling asks once a second."
    ),
    "work.measure": "Measure the workloads",
    "work.of": "{size} bytes, {rate}, {direction}",
    "work.rate.second": "{rate} a second",
    "work.rate.hour": "{rate} an hour",
    "work.bytes": "Fewest bytes: {name}, {size} a message",
    "work.delay": "Soonest: {name}, {delay} ms",
    "work.not": "{name}: {why}",
    "work.why.unmeasured": "WebSocket was not measured here.",
    "work.why.late": (
        "WebSocket is the wrong choice when only the newest counts: one lost segment holds back all that follow. "
        "{name} lets old ones go, for {ratio} times the bytes. This machine’s loopback loses none, so the gain is not "
        "in these numbers."
    ),
    "work.why.once": (
        "WebSocket is the wrong choice: {name} costs {ratio} times its bytes, and needs no connection to look after."
    ),
    "work.why.oneway": (
        "WebSocket is more than is needed: {name} costs {ratio} times its bytes, and reconnects by itself."
    ),
    "work.why.cheapest": "WebSocket fits: the next best without it costs {ratio} times its bytes.",
    "work.why.only": "WebSocket fits: none of the others measured here does.",
    "bytes": "The bytes of one message",
    "bytes.note": "Message number {index} of the run, as it crossed the wire. Every byte has the colour of its layer.",
    "bytes.sealed": "Under encryption: as it was before it was sealed. TLS or DTLS adds {size} bytes to these.",
    "bytes.row": "Transport",
    "bytes.none": "Nothing has been kept of this row.",
    "bytes.more": "{count} more bytes",
    "bytes.open": "Open in the workbench",
    "bytes.client": "Client to server",
    "bytes.server": "Server to client",
    "method": "How this is counted",
    "method.socket": (
        "Counted at the socket: payload, framing and headers. The lab reads and writes every byte itself; what TLS or "
        "DTLS adds is the difference between the record and what was in it."
    ),
    "method.network": "TCP, UDP and IP:",
    "method.loopback": (
        "On the loopback device segments travel joined together; the kernel’s count is what an Ethernet would carry."
    ),
    "method.setup": (
        "Set-up is everything before the first message, signalling included. Closing the connection is in no figure, "
        "except where each message has a connection of its own."
    ),
    "method.rest": (
        "A phase ends when nothing has moved for {ms} ms, so that delayed acknowledgements are in. Messages keep "
        "{pace} ms apart, so that no two share a segment."
    ),
    "method.message": "Messages are readings as JSON text: {sample}",
    "method.python": "On the command line, socketscope compare measures the same with Python clients.",
    "error.stopped": "Stopped",
}
