"""The Autobahn runner: `python tests/conformance/autobahn client --url ... --out DIR --cases ...`."""

import argparse
import sys
import time

from autobahn.twisted.websocket import listenWS
from cases import select
from peer import Client  # noqa: F401  (sets up the event loop before anything else)
from report import write
from suite import ServerFactory, Suite
from twisted.internet import reactor


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("mode", choices=["client", "server", "list"])
    ap.add_argument("--url", default="ws://127.0.0.1:9001")
    ap.add_argument("--out", default="reports")
    ap.add_argument("--cases", default="*", help="comma list: '1,2,6.4.*,12.1.*'")
    ap.add_argument("--exclude", default="")
    ap.add_argument("--jobs", type=int, default=1, help="cases in flight at once")
    ap.add_argument("--max-count", type=int, default=None, help="cap the 1000 messages of cases 9.7/9.8/12/13")
    ap.add_argument("--agent")
    ap.add_argument("--once", action="store_true", help="server: stop after the first /updateReports")
    ap.add_argument("--limit", type=float, default=7200, help="stop the whole run after this many seconds")
    ap.add_argument("--strict", action="store_true", help="NON-STRICT and close problems fail too")
    ap.add_argument("-v", action="store_true")
    a = ap.parse_args()
    ids = select(a.cases.split(","), [x for x in a.exclude.split(",") if x])
    if a.mode == "list":
        print(len(ids))
        print(" ".join(ids))
        return 0
    reactor.callLater(a.limit, lambda: reactor.running and reactor.stop())
    if a.mode == "client":
        s = Suite(a.url, ids, a.out, a.jobs, a.max_count, a.agent, a.v)
        reactor.callWhenRunning(s.start)
        reactor.run()
        failed, bad = write(a.out, s.agent or "unknown", s.results, time.time() - s.t0)
        missing = s.total - len(s.results)
        if missing:
            print(f"INCOMPLETE: {missing} cases did not finish")
        soft = bad or any(r["behavior"] == "NON-STRICT" for r in s.results.values())
        return 1 if failed or missing or not s.results or (a.strict and soft) else 0
    f = ServerFactory(a.url, ids, a.out, a.max_count, a.once)
    listenWS(f, interface="127.0.0.1")
    print(f"fuzzing server on {a.url}, {len(ids)} cases", flush=True)
    reactor.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
