"""`python -m tests.conformance [fast|lite|all]`: run the Autobahn cases against our server and our client.

The suite lives in an environment of its own (`AUTOBAHN_PYTHON`), since it needs packages that nothing else here does.
Exit 0 when every case is OK or INFORMATIONAL and every connection was closed as it should be.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conformance import client_half, server_half

RUNNER = Path(__file__).parent / "autobahn"
CASES = {
    "fast": ["--cases", "1,2,3,4,5,6,7,10"],
    "lite": ["--cases", "*", "--max-count", "20"],
    "all": ["--cases", "*"],
}


def main(names: list[str]) -> int:
    """Run both halves; 1 when a case is anything but OK or INFORMATIONAL, 2 when the call is wrong."""
    name = names[0] if names else "lite"
    python = os.environ.get("AUTOBAHN_PYTHON")
    if name not in CASES or not python:
        print("Say fast, lite or all, and name the suite's Python in AUTOBAHN_PYTHON.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as out:
        with server_half.serve() as url:
            call = [python, str(RUNNER), "client", "--url", url, "--out", out, "--strict", "--agent", "server-half"]
            ours = subprocess.run([*call, *CASES[name]], check=False).returncode
        theirs = client_half.run([python, str(RUNNER), "server"], CASES[name], out)
    return 1 if ours or theirs else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
