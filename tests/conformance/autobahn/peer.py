"""The peers that the cases drive: a client and a server that can break every rule."""

import json
import time

import txaio

txaio.use_twisted()
txaio.set_global_log_level("critical")

from autobahn.twisted.websocket import WebSocketClientProtocol, WebSocketServerProtocol  # noqa: E402
from autobahn.websocket.protocol import WebSocketProtocol  # noqa: E402
from cases import BY_ID, as_bytes, case_id  # noqa: E402
from twisted.internet import reactor  # noqa: E402


class Fuzz:
    tcpNoDelay = True  # autobahn reads it before copying it from the factory, so Nagle stays on otherwise
    runCase = None
    connectionWasOpen = None

    def setup(self):
        self.createWirelog, self.wirelog = True, []
        self.rxFrameStats, self.txFrameStats = {}, {}
        self.t0 = time.time()

    # --- what cases call
    def sendFrame(self, opcode, payload=b"", fin=True, rsv=0, mask=None, payload_len=None, chopsize=None, sync=False):
        super().sendFrame(opcode, as_bytes(payload), fin, rsv, mask, payload_len, chopsize, sync)

    def sendMessage(self, payload, isBinary=False, fragmentSize=None, sync=False, doNotCompress=False):
        super().sendMessage(as_bytes(payload), isBinary, fragmentSize, sync, doNotCompress)

    def sendCloseFrame(self, code=None, reasonUtf8=None, isReply=False):
        super().sendCloseFrame(code, as_bytes(reasonUtf8), isReply)

    def sendMessageFrameData(self, payload, sync=False):
        return super().sendMessageFrameData(as_bytes(payload), sync)

    def enableWirelog(self, on):
        self.createWirelog = on

    def _wl(self, *a):
        if len(self.wirelog) < 400:
            self.wirelog.append((round(time.time() - self.t0, 4),) + a)

    def _later(self, delay, tag, fun):
        def go():
            if self.state != WebSocketProtocol.STATE_CLOSED:
                self._wl(tag)
                fun()

        reactor.callLater(delay, go)

    def continueLater(self, delay, fun, tag=None):
        self._later(delay, f"continue {tag}", fun)

    def killAfter(self, delay):
        self._later(delay, "kill", self._fail_connection)

    def closeAfter(self, delay):
        self._later(delay, "close", self.sendClose)

    # --- wire log / stats (10.1.1 needs txFrameStats)
    def logRxOctets(self, data):
        if self.createWirelog:
            self._wl("RX octets", len(data), data[:64].hex())

    def logTxOctets(self, data, sync):
        if self.createWirelog:
            self._wl("TX octets", len(data), data[:64].hex())

    def logRxFrame(self, h, payload):
        self.rxFrameStats[h.opcode] = self.rxFrameStats.get(h.opcode, 0) + 1
        if self.createWirelog:
            self._wl("RX frame", f"op={h.opcode} fin={h.fin} rsv={h.rsv} len={h.length}")

    def logTxFrame(self, h, payload, repeat, chop, sync):
        self.txFrameStats[h.opcode] = self.txFrameStats.get(h.opcode, 0) + 1
        if self.createWirelog:
            self._wl("TX frame", f"op={h.opcode} fin={h.fin} rsv={h.rsv} len={h.length} chop={chop}")

    # --- events
    def onOpen(self):
        self.connectionWasOpen = True
        if self.runCase:
            self.runCase.onOpen()

    def onMessage(self, msg, binary):
        if self.runCase:
            self.runCase.onMessage(msg, binary)

    def onPong(self, payload):
        if self.runCase:
            self.runCase.onPong(payload)

    def onClose(self, wasClean, code, reason):
        if self.runCase:
            self.runCase.onClose(wasClean, code, reason)

    def finish(self):
        c = self.runCase
        if not c:
            return None
        if not hasattr(self, "closedByMe"):  # TCP connect died before the handshake began
            self.closedByMe = self.wasClean = self.droppedByMe = self.failedByMe = False
            self.remoteCloseCode = None
        c.onConnectionLost(self.failedByMe)
        res = dict(
            id=case_id(type(c)),
            behavior=c.behavior,
            behaviorClose=c.behaviorClose,
            result=c.result,
            resultClose=c.resultClose,
            duration=round(time.time() - self.t0, 4),
            remoteCloseCode=self.remoteCloseCode,
            remoteCloseReason=self.remoteCloseReason,
            wasClean=self.wasClean,
            wasNotCleanReason=self.wasNotCleanReason,
            closedByMe=self.closedByMe,
            droppedByMe=self.droppedByMe,
            rxFrameStats=self.rxFrameStats,
            txFrameStats=self.txFrameStats,
        )
        if c.trafficStats:
            res["traffic"] = c.trafficStats.__json__()
        if res["behavior"] not in ("OK", "INFORMATIONAL", "UNIMPLEMENTED") or res["behaviorClose"] not in (
            "OK",
            "INFORMATIONAL",
        ):
            res.update(
                wirelog=self.wirelog,
                description=c.DESCRIPTION,
                expectation=c.EXPECTATION,
                expected={k: repr(v)[:300] for k, v in c.expected.items()},
                received=repr(c.received)[:300],
                expectedClose=c.expectedClose,
            )
        return res


class Client(Fuzz, WebSocketClientProtocol):
    def connectionMade(self):
        self.setup()
        super().connectionMade()

    def onConnect(self, response):
        if not self.factory.suite.agent:
            self.factory.suite.agent = response.headers.get("server", "UnknownServer")

    def connectionLost(self, reason):
        try:
            super().connectionLost(reason)
            res = self.finish()
        except Exception as e:  # a bug here must not hang the run
            res = dict(
                id=self.case_idx,
                behavior="FAILED",
                behaviorClose="FAILED",
                duration=0,
                result=f"runner error: {e!r}",
                resultClose="",
                remoteCloseCode=None,
            )
        self.factory.suite.done(self.case_idx, res)


class Server(Fuzz, WebSocketServerProtocol):
    def connectionMade(self):
        self.setup()
        super().connectionMade()

    def onConnect(self, req):
        q, self.path = {k: v[0] for k, v in req.params.items()}, req.path
        self.q, f = q, self.factory
        cid = None
        if "casetuple" in q:
            cid = q["casetuple"].strip()
        elif "case" in q:
            n = int(q["case"])
            cid = f.ids[n - 1] if 1 <= n <= len(f.ids) else None
        self.cid = cid
        if self.path == "/runCase":
            self.runCase = BY_ID[cid](self)
            if f.max_count and hasattr(type(self.runCase), "COUNT"):
                self.runCase.COUNT = min(self.runCase.COUNT, f.max_count)

    def onOpen(self):
        self.connectionWasOpen = True
        f = self.factory
        if self.runCase:
            return self.runCase.onOpen()
        if self.path == "/getCaseCount":
            self.sendMessage(json.dumps(len(f.ids)))
        elif self.path == "/getCaseInfo":
            self.sendMessage(
                json.dumps({"id": self.cid, "description": " ".join(BY_ID[self.cid].DESCRIPTION.split("<")[0].split())})
            )
        elif self.path == "/getCaseStatus":
            self.sendMessage(
                json.dumps({"behavior": f.results.get(self.q.get("agent"), {}).get(self.cid, {}).get("behavior")})
            )
        elif self.path == "/updateReports":
            f.report()
            if f.once:
                reactor.callLater(0.5, reactor.stop)
        elif self.path == "/stopServer":
            f.report()
            reactor.callLater(0.2, reactor.stop)
        self.sendClose()

    def connectionLost(self, reason):
        super().connectionLost(reason)
        res = self.finish()
        if res:
            self.factory.results.setdefault(self.q.get("agent", "?"), {})[res["id"]] = res
