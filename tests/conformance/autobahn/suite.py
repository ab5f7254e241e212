"""Run cases one by one against a server, or offer them to clients."""

import time

import autobahn
from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketServerFactory, connectWS
from cases import BY_ID
from peer import Client, Server
from report import write
from twisted.internet import reactor, ssl


class OneCase(WebSocketClientFactory):
    """One connection, one case."""

    noisy = False

    def __init__(self, suite, cid):
        super().__init__(suite.url, useragent=f"AutobahnTestSuite/25.10.1-py3shim (autobahn {autobahn.__version__})")
        self.suite, self.cid = suite, cid
        self.setProtocolOptions(failByDrop=False)
        self.logOctets = self.logFrames = True

    def buildProtocol(self, addr):
        p = Client()
        p.factory, p.case_idx = self, self.cid
        p.setup()
        cls = BY_ID[self.cid]
        p.runCase = cls(p)
        if self.suite.max_count and hasattr(cls, "COUNT"):
            p.runCase.COUNT = min(cls.COUNT, self.suite.max_count)
        return p

    def clientConnectionFailed(self, connector, reason):
        self.suite.done(
            self.cid,
            dict(
                id=self.cid,
                behavior="FAILED",
                behaviorClose="FAILED",
                duration=0,
                result="TCP connect failed: " + reason.getErrorMessage(),
                resultClose="",
                remoteCloseCode=None,
            ),
        )


class Suite:
    def __init__(self, url, ids, out, jobs=1, max_count=None, agent=None, verbose=False):
        self.url, self.todo, self.out, self.jobs = url, list(ids)[::-1], out, jobs
        self.max_count, self.agent, self.verbose = max_count, agent, verbose
        self.results, self.total, self.running, self.t0 = {}, len(self.todo), 0, time.time()
        self.finished = False

    def start(self):
        for _ in range(self.jobs):
            self.next()

    def next(self):
        if self.todo:
            self.running += 1
            f = OneCase(self, self.todo.pop())
            connectWS(f, ssl.ClientContextFactory() if f.isSecure else None, timeout=10)
        elif not self.running and not self.finished:
            self.finished = True
            reactor.stop()

    def done(self, cid, res):
        self.running -= 1
        self.results[cid] = res
        if self.verbose:
            print(f"{cid:<8} {res['behavior']:<14} close={res['behaviorClose']} {res['duration']:.3f}s", flush=True)
        reactor.callLater(0, self.next)


class ServerFactory(WebSocketServerFactory):
    protocol, noisy = Server, False

    def __init__(self, url, ids, out, max_count, once):
        super().__init__(url)
        self.setProtocolOptions(failByDrop=False)
        self.logOctets = self.logFrames = True
        self.ids, self.out, self.max_count, self.once, self.results = ids, out, max_count, once, {}

    def report(self):
        for agent, res in self.results.items():
            write(self.out, agent, res, 0)
