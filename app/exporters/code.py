"""What a client sent as a program that sends it again: Python, JavaScript for Node, websocat."""

from __future__ import annotations

from collections.abc import Iterable

from app.protocol.events import Event, Message
from app.protocol.frames import Opcode
from app.protocol.handshake import write_request
from app.trace import Trace

SAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ=="
WIDTH = 64
LONGEST = 2**20
"""Bytes that a program carries; a longer conversation is cut, and the program says so."""

_PYTHON = '''\
"""Sends the client's bytes exactly as they are, and prints what comes back."""
import socket

HOST, PORT = "127.0.0.1", 5000
{request}sent = bytes.fromhex("""
{digits}
"""){note}

with socket.create_connection((HOST, PORT), timeout=5) as sock:
{handshake}    sock.sendall(sent)
    try:
        while data := sock.recv(65536):
            print(data.hex(" "))
    except TimeoutError:
        print("nothing more within five seconds")
'''
_PYTHON_SHAKE = '    sock.sendall(request)\n    print(sock.recv(65536).decode("latin-1"))\n'

_JAVASCRIPT = """\
// Sends the client's bytes exactly as they are, and prints what comes back. Run it with Node.
const net = require("node:net");
{request}const sent = Buffer.from(`
{digits}
`.replace(/\\s/g, ""), "hex");{note}

const socket = net.connect(5000, "127.0.0.1", () => socket.write({first}));
socket.on("data", (data) => {{
  console.log(data.toString("hex"));
{then}}});
socket.setTimeout(5000, () => socket.destroy());
"""
_JAVASCRIPT_SHAKE = '  if (data.toString("latin1").startsWith("HTTP/1.1 101")) socket.write(sent);\n'


def _digits(data: bytes) -> str:
    digits = data.hex()
    return "\n".join(digits[n : n + WIDTH] for n in range(0, len(digits), WIDTH))


def _cut(data: bytes, comment: str) -> tuple[bytes, str]:
    if len(data) <= LONGEST:
        return data, ""
    return data[:LONGEST], f"  {comment} the first {LONGEST} of {len(data)} bytes"


def _request(trace: Trace) -> bytes:
    """The handshake that has to come first; nothing where the trace begins with one of its own."""
    head = trace.bytes("client", 0, 8)
    return b"" if head.startswith(b"GET ") else write_request("127.0.0.1:5000", "/ws/echo", SAMPLE_KEY)


def python(trace: Trace) -> str:
    """A Python program, standard library only."""
    data, note = _cut(trace.bytes("client"), "#")
    request = _request(trace)
    return _PYTHON.format(
        request=f'request = bytes.fromhex("""\n{_digits(request)}\n""")  # an opening handshake\n' if request else "",
        digits=_digits(data),
        note=note,
        handshake=_PYTHON_SHAKE if request else "",
    )


def javascript(trace: Trace) -> str:
    """A program for Node: a browser cannot send bytes as they are."""
    data, note = _cut(trace.bytes("client"), "//")
    request = _request(trace)
    return _JAVASCRIPT.format(
        request=f'const request = Buffer.from(`\n{_digits(request)}\n`.replace(/\\s/g, ""), "hex");\n'
        if request
        else "",
        digits=_digits(data),
        note=note,
        first="request" if request else "sent",
        then=_JAVASCRIPT_SHAKE if request else "",
    )


def websocat(events: Iterable[Event]) -> str:
    """A line for each message of the client. websocat makes frames of its own: masks and fragments will differ."""
    lines = ["# websocat makes frames of its own: the messages are these, masks and fragments are not."]
    for event in events:
        message = event.detail
        if isinstance(message, Message) and event.side == "client":
            binary = " -b" if message.opcode == Opcode.BINARY else ""
            octal = "".join(f"\\{byte:03o}" for byte in message.payload[:LONGEST])
            lines.append(f"printf '{octal}' | websocat{binary} -n1 ws://127.0.0.1:5000/ws/echo")
    return "\n".join(lines) + "\n"
