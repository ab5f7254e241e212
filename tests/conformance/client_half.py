"""Our client half, echoing whatever the suite's fuzzing server says, case after case."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from app.protocol.client import Client
from app.protocol.frames import Opcode

AGENT = "client-half"
OFFER = (("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),)


def run(server: list[str], cases: list[str], out: str) -> int:
    """Start the fuzzing server, take every case, and judge its report; 0 when all is well."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"ws://127.0.0.1:{free.getsockname()[1]}"
    reports = Path(out) / "client"
    call = [*server, "--url", url, "--out", str(reports), "--once", *cases]
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        print(process.stdout.readline().strip())
        try:
            count = json.loads(converse(url, "/getCaseCount", echo=False))
            for case in range(1, count + 1):
                converse(url, f"/runCase?case={case}&agent={AGENT}")
            converse(url, f"/updateReports?agent={AGENT}", echo=False)
            print(process.stdout.readline().strip())
        finally:
            process.terminate()
    return judge(reports)


def converse(url: str, target: str, *, echo: bool = True) -> bytes:
    """One connection, to its end; the first message that came."""
    where = urlsplit(url)
    key = "AAECAwQFBgcICQoLDA0ODw=="
    client = Client(where.netloc, target, key=key, mask=lambda: os.urandom(4), headers=OFFER if echo else ())
    first = b""
    with socket.create_connection((where.hostname, where.port), timeout=20) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(client.request())
        while data := _read(connection):
            out = []
            for unit in client.replies(data):
                if isinstance(unit, bytes):
                    out.append(unit)
                    continue
                first = first or unit[1]
                if echo and unit[0] in (Opcode.TEXT, Opcode.BINARY) and not client.closed:
                    out.append(client.message(unit[0], unit[1]))
            if out:
                connection.sendall(b"".join(out))
    return first


def _read(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65_536)
    except ConnectionResetError:
        return b""


def judge(reports: Path) -> int:
    """1 unless every case is OK or INFORMATIONAL, in behaviour and in closing."""
    results = json.loads((reports / "index.json").read_text())[AGENT]
    fine = {"OK", "INFORMATIONAL"}
    bad = [name for name, case in results.items() if not {case["behavior"], case["behaviorClose"]} <= fine]
    print(
        f"client half: {len(results)} cases, {len(bad)} not as they should be{': ' if bad else ''}{', '.join(bad[:20])}"
    )
    return 1 if bad or not results else 0
