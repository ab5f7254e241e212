"""Tasks are judged by the engine, and the verdict says why. Nothing that a reader gives can do harm."""

from __future__ import annotations

import pytest

from app.lessons import Verdict, check, judge, play
from app.lessons.given import KINDS as GIVEN
from app.lessons.given import draw, given_of
from app.lessons.judging import LONGEST, shuffled, solution
from app.lessons.prose import fill
from app.lessons.resolve import Resolver
from app.lessons.shelf import lessons
from app.lessons.tasks import KINDS
from tests.lessons.samples import task_lesson

HINTS = "hint: a\nhint: b\nhint: c\n"


def verdict(task: str, answer: str, seed: int = 0) -> Verdict:
    lesson = task_lesson(task)
    return judge(lesson, play(lesson), lesson.tasks[0], answer, seed)


FRAMES = f"""answer: frames
check: no answer/error
check: answer/client.frame[0].opcode.bits == 0010
check: answer/client.frame.count == 1
solution: 82 80 01 02 03 04
near: 82 00
{HINTS}
Build an empty binary frame.
"""
NUMBER = f"answer: number\ncheck: answer == client.text[0].size\nsolution: 11\nnear: 7 | Too few.\n{HINTS}\nHow many?"
ORDER = f"""answer: order
check: no answer/error
check: answer/client.msg[0].text == Hello
check: answer/client.cont.count == 2
solution: 1 2 3
near: 2 1 3
{HINTS}
Order these.

- the beginning = 01 83 00 00 00 00 48 65 6c
- more = 00 81 00 00 00 00 6c
- the end = 80 81 00 00 00 00 6f
"""
ASSEMBLE = f"""answer: assemble
given: q = key
check: answer == given.q.accept
solution: 1 2 3 4
near: 1 3 4
{HINTS}
Put together.

- Key = text {{given.q}}
- Text = text 258EAFA5-E914-47DA-95CA-C5AB0DC85B11
- Hash = sha1
- Base64 = base64
- Back = unbase64
"""
REQUEST = f"""answer: request
check: no answer/error
solution:
  GET / HTTP/1.1
  Host: a
  Upgrade: websocket
  Connection: Upgrade
  Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
  Sec-WebSocket-Version: 13
near: GET / HTTP/1.1
{HINTS}
Write it.
"""
RESPONSE = f"""answer: response
check: no answer/error
check: answer/res.status == 101
solution:
  HTTP/1.1 101 Switching Protocols
  Upgrade: websocket
  Connection: Upgrade
  Sec-WebSocket-Accept: {{calc}}
near: HTTP/1.1 101 Yes
{HINTS}
Write it.
""".replace("{calc}", "{res.accept}")


def test_a_right_answer_is_right_and_is_explained() -> None:
    found = verdict(FRAMES, "82 80 0a 0b 0c 0d")
    assert found.right
    assert found.reasons[0] == "That is right."
    assert "binary" in found.reasons[1]


def test_a_wrong_frame_is_told_its_rule() -> None:
    found = verdict(FRAMES, "8200")
    assert not found.right
    assert any("§5.1" in reason for reason in found.reasons)


def test_half_a_frame_is_no_frame() -> None:
    assert "whole frame" in verdict(FRAMES, "82 85 01").reasons[0]


@pytest.mark.parametrize(
    ("answer", "says"),
    [("10", "too small"), ("12", "too large"), ("7", "Too few."), ("eleven", "whole number"), ("-11", "11")],
)
def test_a_number_is_compared(answer: str, says: str) -> None:
    found = verdict(NUMBER, answer)
    assert says in " ".join(found.reasons) or found.right


def test_pieces_are_shown_in_another_order() -> None:
    task = task_lesson(ORDER).tasks[0]
    assert sorted(shuffled(task)) == [0, 1, 2]
    assert all(shuffled(task, seed) != [0, 1, 2] for seed in range(30))


def test_pieces_in_order_are_read_as_frames() -> None:
    lesson = task_lesson(ORDER)
    example = play(lesson)
    task = lesson.tasks[0]
    right = solution(task, Resolver(example))
    assert judge(lesson, example, task, right).right
    assert not judge(lesson, example, task, " ".join(right.split()[::-1])).right
    assert "at most once" in judge(lesson, example, task, "1 1 2").reasons[0]
    assert "from 1 to 3" in judge(lesson, example, task, "1 2 4").reasons[0]


@pytest.mark.parametrize("seed", range(5))
def test_operations_are_carried_out_and_told(seed: int) -> None:
    lesson = task_lesson(ASSEMBLE)
    example, task = play(lesson), lesson.tasks[0]
    resolver = Resolver(example, given=draw(task, seed))
    found = judge(lesson, example, task, solution(task, resolver, seed), seed)
    assert found.right
    assert any(reason.startswith("Hash: ") for reason in found.reasons)


def test_an_operation_that_cannot_be_done_says_so() -> None:
    task = task_lesson(ASSEMBLE).tasks[0]
    back = shuffled(task).index(4) + 1
    text = shuffled(task).index(1) + 1
    assert "cannot be done" in verdict(ASSEMBLE, f"{text} {back}").reasons[0]


def test_heads_are_judged_by_the_rules() -> None:
    good = "GET / HTTP/1.1\nHost: a\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\n"
    assert verdict(REQUEST, good + "Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==").right
    assert "Sec-WebSocket-Key" in verdict(REQUEST, good).reasons[0]
    assert not verdict(REQUEST, "hello").right
    answer = "HTTP/1.1 101 OK\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: "
    assert verdict(RESPONSE, answer + "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=").right
    assert not verdict(RESPONSE, answer + "s3pPLMBiTxaQ9kYGzzhZRbK+xOO=").right


CHOOSE = f"answer: choose\n{HINTS}\nWhich?\n\n- [x] a | yes\n- [ ] b | no\n- [x] c | yes too\n"


@pytest.mark.parametrize(
    ("answer", "right", "says"),
    [("1 3", True, "yes"), ("3,1", True, "yes"), ("1", False, "missing"), ("1 2 3", False, "no"), ("", False, "Give")],
)
def test_a_choice_has_reasons(answer: str, right: bool, says: str) -> None:
    found = verdict(CHOOSE, answer)
    assert (found.right, says in found.reasons[0]) == (right, True)


HOSTILE = [
    "",
    "\0",
    "9" * 400,
    "0x",
    "١٢",
    "\ud800",
    "<script>",
    "81" * 70_000,
    "\r\n\r\n",
    "1" * (LONGEST + 1),
    "{req.key}",
]


@pytest.mark.parametrize("task", [FRAMES, NUMBER, ORDER, ASSEMBLE, REQUEST, RESPONSE, CHOOSE], ids=lambda t: t[8:16])
@pytest.mark.parametrize("answer", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_given_gets_a_verdict(task: str, answer: str) -> None:
    found = verdict(task, answer)
    assert not found.right
    assert found.reasons


# What is drawn.


@pytest.mark.parametrize("kind", GIVEN)
def test_what_is_given_depends_on_the_seed_alone(kind: str) -> None:
    task = task_lesson(NUMBER.replace("check", f"given: g = {kind}\ncheck", 1)).tasks[0]
    assert draw(task, 1) == draw(task, 1) != draw(task, 2)
    assert "g" in draw(task, 1)


def test_numbers_never_read_the_same_from_both_ends() -> None:
    task = task_lesson(NUMBER.replace("check", "given: a = byte\ngiven: b = word\ngiven: c = xor\ncheck", 1)).tasks[0]
    for seed in range(300):
        given = draw(task, seed)
        assert given["a.number"] != given["a.reversed"]
        assert given["b.number"] != given["b.swapped"]
        assert len({given["c.xor"], given["c.or"], given["c.and"]}) == 3


def test_a_mixed_text_has_a_character_of_every_length() -> None:
    task = task_lesson(NUMBER.replace("check", "given: m = mixed\ncheck", 1)).tasks[0]
    for seed in range(50):
        given = draw(task, seed)
        assert (given["m.size"], given["m.characters"], given["m.units"]) == ("10", "4", "5")
        assert bytes.fromhex(given["m.hex"]).decode() == given["m"]


# The lessons of the project.


@pytest.mark.parametrize("lesson", [each for each in lessons() if each.tasks], ids=lambda lesson: lesson.slug)
def test_every_task_accepts_its_solution_and_refuses_near_misses(lesson) -> None:  # type: ignore[no-untyped-def]
    example = play(lesson)
    for task in lesson.tasks:
        assert task.kind in KINDS
        for seed in range(8):
            resolver = Resolver(example, lesson.main.name, given=given_of(lesson, seed))
            assert judge(lesson, example, task, solution(task, resolver, seed), seed).right


def test_the_check_notices_a_task_that_is_wrong(tmp_path) -> None:  # type: ignore[no-untyped-def]
    head = "---\nid: 7\nslug: small\ntitle: S\ngoal: g.\nminutes: 1\nsources: [rfc:6455]\napp: plain\n---\n\n"
    step = "## A\nat: req\nfield: req.method\n\nText.\n\n::: task t\n"
    for old, new, says in [
        ("solution: 11", "solution: 12", "the solution of `t` is refused"),
        ("near: 7 | Too few.", "near: 11", "accepts this near miss"),
        ("hint: a\n", "", "give 3 hints"),
        ("solution: 11\n", "", "give the `solution`"),
        ("near: 7 | Too few.\n", "", "add `near: …`"),
        ("check: answer == client.text[0].size\n", "", "say when an answer is right"),
        ("answer: number", "answer: numeral", "say how it is answered"),
        ("hint: a", "clue: a", "unknown key `clue`"),
        ("check: answer ==", "given: x = dice\ncheck: answer ==", "write `given: name = kind`"),
    ]:
        path = tmp_path / "07-small.md"
        text = NUMBER.replace("client.text[0].size", "11" if "check: answer ==" != old else "11")
        path.write_text(head + step + (NUMBER if "client.text" in old else text).replace(old, new, 1) + "\n:::\n")
        found = check(path)
        assert any(says in each for each in found), (says, found)


def test_a_value_of_another_connection_is_filled_in() -> None:
    assert fill("Accept: {other/res.accept}", str.upper) == "Accept: OTHER/RES.ACCEPT"
