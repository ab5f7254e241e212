"""How connections end, who ended them, and what that suggests."""

import pytest

from app.anatomy.ending import Ending, by_abnormality, judge, repeated_silence, seconds, sentence
from app.protocol.frames import write_close, write_frame
from app.protocol.handshake import write_response
from app.trace import Trace
from tests.samples import MASK, REQUEST, RESPONSE, client_frame, events_of

S = 1_000_000_000


def ended(*records: tuple, fidelity: str = "wire", handshake: bool = True) -> Ending:
    """The ending of a connection: (seconds, side, bytes or kind) after the handshake."""
    trace = Trace("0", fidelity=fidelity)  # type: ignore[arg-type]
    if handshake:
        trace.add(0, "client", REQUEST)
        trace.add(1, "server", RESPONSE)
    for at, side, what in records:
        trace.add(int(at * S), side, *((what,) if isinstance(what, bytes) else (b"", what)))
    return judge(trace, events_of(trace))


CLOSE, ANSWER = write_close(1000, "bye", MASK), write_close(1000)
HELLO = (1, "client", client_frame(1, b"Hello"))


@pytest.mark.parametrize(
    ("records", "how", "who", "says"),
    [
        (
            [(2, "client", CLOSE), (2, "server", ANSWER)],
            "close",
            "client",
            "1000 (normal closure) “bye”, and the server",
        ),
        ([(2, "server", write_close()), (2, "client", write_close(key=MASK))], "close", "server", "without a code"),
        ([(2, "client", CLOSE)], "half-close", "client", "no other came, at 2 s."),
        ([(3, "server", "fin")], "fin", "server", "The server ended TCP without a Close frame, at 3 s."),
        ([(3, "client", "rst")], "rst", "client", "The client reset TCP"),
        ([HELLO], "stop", None, "The recording stops while the connection is open, at 1 s."),
    ],
)
def test_endings(records: list[tuple], how: str, who: str | None, says: str) -> None:
    ending = ended(*records)
    assert (ending.how, ending.who) == (how, who)
    assert says in sentence(ending)


def test_handshakes_that_fail() -> None:
    trace = Trace("0")
    trace.add(0, "client", REQUEST)
    trace.add(S, "server", write_response(403, [("Content-Length", "0")]))
    trace.add(S, "server", kind="fin")
    refused = judge(trace, events_of(trace))
    assert (refused.how, refused.who, sentence(refused)) == (
        "refused",
        "server",
        "The server refused the handshake, at 1 s.",
    )
    trace = Trace("0")
    trace.add(0, "client", REQUEST)
    trace.add(5 * S, "server", kind="fin")
    assert judge(trace, events_of(trace)).how == "unanswered"


def test_a_source_that_does_not_tell() -> None:
    trace = Trace("0", fidelity="payload")
    trace.add(S, "client", b"Hello", "message", opcode=1)
    ending = judge(trace, events_of(trace))
    assert ending.how == "untold" and ending.last == "TEXT of the client “Hello”"
    assert sentence(ending) == "The source holds no end; its last message came at 1 s."


def test_silence_that_is_as_long_as_a_known_limit_is_a_guess() -> None:
    ending = ended(HELLO, (61, "server", "fin"))
    assert ending.silence == 60 * S and ending.last == "TEXT of the client “Hello”"
    assert ending.guesses[0].startswith("Guess: an idle limit of 60 seconds")
    assert ended(HELLO, (43, "server", "fin")).guesses == ()
    assert ended(HELLO, (61, "client", CLOSE), (61, "server", ANSWER)).guesses == ()


def test_silence_that_repeats_is_a_guess() -> None:
    endings = [ended(HELLO, (at, "server", "fin")) for at in (44, 44.1, 9)]
    assert repeated_silence(endings) == (
        "Guess: 2 connections ended after 43.1 s of silence each, so something between the two sides counts idle time."
    )
    assert repeated_silence(endings[1:]) is None


def test_facts() -> None:
    assert ended((2, "client", CLOSE)).facts == ("The server sent no Close frame in return.",)
    assert ended((2, "client", CLOSE), (2, "server", ANSWER), (3, "client", "rst")).facts == (
        "After the Close frame the client reset TCP.",
    )
    assert ended((2, "server", b"\x81\x05He"), (3, "server", "fin")).facts == (
        "The server stopped inside a frame, 4 bytes of which had come.",
    )
    ping, pong = (2, "server", write_frame(9)), (3, "client", client_frame(10))
    assert ended(ping, (9, "client", "rst")).facts == ("The last Ping of the server, at 2 s, was not answered.",)
    assert ended(ping, pong, (9, "client", "rst")).facts == ()


def test_the_error_before_the_end() -> None:
    ending = ended(
        (1, "client", b"\x81\x00"), (2, "server", write_close(1002)), (2, "client", write_close(1002, key=MASK))
    )
    assert "frm.mask.client" in ending.error


def test_the_most_abnormal_comes_first() -> None:
    close, reset = ended((2, "client", CLOSE), (2, "server", ANSWER)), ended((9, "client", "rst"))
    trouble = ended((2, "client", write_close(1011, key=MASK)), (2, "server", write_close(1011)))
    stop = ended(HELLO)
    assert by_abnormality([close, stop, trouble, reset]) == [reset, trouble, stop, close]


def test_times_in_words() -> None:
    assert [seconds(at) for at in (0, S, 1500, 60 * S + 500_000_000)] == ["0 s", "1 s", "0.000002 s", "60.5 s"]
