"""The summary: the most abnormal ending first, in words and as JSON."""

from app.anatomy.ending import judge
from app.exporters.endings import Line, objects, tell
from app.protocol.frames import write_close
from app.trace import Trace
from tests.samples import MASK, REQUEST, RESPONSE, client_frame, events_of


def line(name: str, *extra: tuple) -> Line:
    trace = Trace(name)
    trace.add(0, "client", REQUEST)
    trace.add(1, "server", RESPONSE)
    for at, side, data, kind in extra:
        trace.add(at, side, data, kind)
    return Line(name, f"Connection {name}", judge(trace, events_of(trace)))


LINES = [
    line("0", (5, "client", write_close(1000, "\x1b[2J", MASK), "data"), (6, "server", write_close(1000), "data")),
    Line("1", "Connection 1: HTTP", None),
    line("2", (5, "client", client_frame(1, b"Hi"), "data"), (60_000_000_005, "server", b"", "rst")),
]


def test_in_words() -> None:
    text = list(tell(LINES))
    assert text[:4] == [
        "# Connection 2",
        "   The server reset TCP without a Close frame, at 60 s.",
        "   Last before that: TEXT of the client “Hi”, 60 s earlier.",
        "   Guess: an idle limit of 60 seconds between the two, as nginx and the load balancers of AWS have it when "
        "nothing else is set. A Ping every half of that would keep the connection.",
    ]
    assert text[-1] == "# Connection 1: HTTP"
    assert r"“\x1b[2J”" in " ".join(text) and "\x1b" not in " ".join(text)


def test_as_json() -> None:
    found = list(objects(LINES))
    assert [(each["connection"], each["how"], each["who"]) for each in found] == [
        ("2", "rst", "server"),
        ("0", "close", "client"),
    ]
    assert (found[1]["code"], found[1]["reason"], found[0]["silence"]) == (1000, "\x1b[2J", 60_000_000_000)
