"""Lessons: the shipped ones hold, the language notices every kind of mistake, and what is drawn cannot hurt."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app import lessons
from app.lessons import source
from app.lessons.binding import NOT_YET, references
from app.lessons.links import resolve
from app.lessons.selector import SelectorError, parse
from app.protocol.apps import APPS, UNCOMPRESSED
from app.protocol.client import Client
from app.protocol.frames import Opcode
from app.protocol.server import Server
from app.trace import Trace

SHIPPED = lessons.lessons()
every_lesson = pytest.mark.parametrize("lesson", SHIPPED, ids=lambda lesson: lesson.slug)
FIRST = next(lesson for lesson in SHIPPED if lesson.slug == "one-conversation")
TWIN = next(lesson for lesson in SHIPPED if lesson.twin_of == FIRST.slug)

# One small lesson that is right; each mistake below changes it in one place. Its lines are counted.
GOOD = """\
---
id: 7
slug: small
title: A small lesson
goal: See one frame.
minutes: 1
sources: [rfc:6455#5.2]
app: echo
client:
  - send: Hey
  - wait: {messages: 1}
  - close: {code: 1000}
numbers:
  125: the largest length of the short form
---

{recorded}Recorded.{/recorded}{live}Yours.{/live}

## The client says {text}
at: client.text[0]
field: payload
expect: mask == 1

Up to 125 bytes fit, and [MASK](#mask) is {mask.bits}: `ws.send("{text}")`.

::: predict
Is the answer masked?

- [ ] Yes | Look again.
- [x] No | A server must not mask.
:::

## The answer
at: server.text[0]
field: mask

It took {size:word} bytes. See [the request](#client.text[0].mask).
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "07-small.md"
    path.write_text(text, encoding="utf-8")
    return path


def recorded(lesson: lessons.Lesson) -> tuple[lessons.Binding, list[lessons.StepHtml]]:
    binding = lessons.bind(lesson, lessons.play(lesson))
    return binding, lessons.render(lesson, binding)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).replace("&quot;", '"')


# The lessons that come with the project.


def test_the_shipped_lessons_have_no_problem() -> None:
    assert lessons.check() == []


@every_lesson
def test_every_step_finds_its_event_in_order(lesson: lessons.Lesson) -> None:
    binding, _ = recorded(lesson)
    found = [seq for seq in binding.steps if seq is not None]
    assert len(found) == len(lesson.steps)
    assert found == sorted(found)


@every_lesson
def test_no_value_is_left_open(lesson: lessons.Lesson) -> None:
    binding, _ = recorded(lesson)
    assert NOT_YET not in binding.values.values()


@every_lesson
def test_a_script_always_makes_the_same_bytes(lesson: lessons.Lesson) -> None:
    for part in [] if lesson.recording else lesson.parts:
        assert lessons.scripted(part).records == lessons.scripted(part).records


def test_the_example_carries_the_bytes_that_the_rfc_prints() -> None:
    trace = lessons.scripted(FIRST.main)
    client, server = trace.bytes("client"), trace.bytes("server")
    assert b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" in client
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in server
    assert client.count(bytes.fromhex("818537fa213d7f9f4d5158")) == 1
    assert bytes.fromhex("810548656c6c6f010348656c890548656c6c6f80026c6f817e") in server
    assert server.endswith(bytes.fromhex("880203e8"))


def test_the_first_lesson_reads_like_the_design() -> None:
    _, steps = recorded(FIRST)
    assert [words(step.title_html) for step in steps] == [
        "It starts as HTTP",
        "The server proves it understood",
        "Hello, in eleven bytes",
        "The reply is shorter",
        "A message in two pieces",
        "A ping gets in between",
        "The pong returns the same bytes",
        "The second piece",
        "Longer than 125 bytes",
        "Saying goodbye",
        "The last frame",
    ]
    assert 'The page calls ws.send("Hello").' in words(steps[2].body_html)
    assert "watch 7f become the letter H." in words(steps[2].body_html)
    assert {steps[n].field for n in (1, 2, 8, 9)} == {"res.accept", "payload", "len16", "close.code"}


def test_the_twin_really_breaks_the_rule() -> None:
    trace = lessons.scripted(TWIN.main)
    events = lessons.replay(trace)
    frame = next(event for event in events if event.kind == "frame")
    assert [violation.rule for violation in frame.violations] == ["frm.mask.client"]
    assert bytes.fromhex("810548656c6c6f") in trace.bytes("client")
    assert bytes.fromhex("03ea") in trace.bytes("server")
    assert [record.side for record in trace.records if record.kind == "fin"] == ["server", "client"]


def test_a_browser_can_run_the_lesson_but_not_the_twin() -> None:
    assert FIRST.browser_can_run
    assert not TWIN.browser_can_run
    assert FIRST.script[0] == {"do": "send", "text": "Hello"}


def test_the_example_in_the_guide_is_a_lesson(tmp_path: Path) -> None:
    guide = Path(__file__).parent.parent / "lessons" / "README.md"
    example = re.search(r"```markdown\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    assert example
    assert lessons.check(written(tmp_path, example[1])) == []


# The reader's own connection.


def live_trace(*, greeting: str = "Hello", talk_more: bool = True) -> Trace:
    """What a browser's connection may look like: more headers, other random bytes, frames nobody planned."""
    masks = iter(bytes.fromhex(f"{n:02x}1e7f02") for n in range(1, 255))
    offer = ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")
    luggage = (("Cache-Control", "no-cache"), ("User-Agent", "Test"), ("Origin", "http://127.0.0.1:5000"), offer)
    client = Client(
        "127.0.0.1:5000", "/ws/x?app=tour", key="njxRsH1C6BYfqWvTBHyF6g==", mask=lambda: next(masks), headers=luggage
    )
    server, trace = Server(APPS["tour"](), deflate="tour" not in UNCOMPRESSED), Trace("live")

    def say(data: bytes) -> None:
        units = [("client", data)]
        while units:
            side, unit = units.pop(0)
            trace.add(len(trace.records), "client" if side == "client" else "server", unit)
            answers = server.receive(unit) if side == "client" else client.receive(unit)
            units += [("server" if side == "client" else "client", answer) for answer in answers]

    say(client.request())
    if talk_more:
        say(client.frame(Opcode.PING, b"are you there"))
    say(client.frame(Opcode.TEXT, greeting.encode()))
    if talk_more:
        say(client.frame(Opcode.TEXT, b"one more"))
        say(client.frame(Opcode.BINARY, b"\x00\xff"))
        say(client.close(1000, "done"))
    return trace


def test_a_live_connection_fills_the_lesson() -> None:
    trace = live_trace()
    binding = lessons.bind_live(FIRST, "", lessons.replay(trace), trace)
    assert None not in binding.steps
    assert NOT_YET not in binding.values.values()
    steps = lessons.render(FIRST, binding)
    assert words(steps[2].title_html) == "Hello, in eleven bytes"
    assert binding.values["client.text[0].payload.byte[0]"] != "7f"
    assert binding.values["client.text[0].payload.unmasked.byte[0]:char"] == "H"
    assert binding.values["server.frame[0].start"] == "129"


def test_prose_tells_what_the_reader_really_sent() -> None:
    trace = live_trace(greeting="Salut, toi")
    binding = lessons.bind_live(FIRST, "", lessons.replay(trace), trace)
    assert words(lessons.render(FIRST, binding)[2].title_html) == "Salut, toi, in sixteen bytes"


def test_what_has_not_happened_is_said_gently() -> None:
    trace = live_trace(talk_more=False)
    binding = lessons.bind_live(FIRST, "", lessons.replay(trace)[:3], trace)
    assert binding.steps[:2] == [0, 1]
    assert binding.steps[3:] == [None] * 8
    step = lessons.render(FIRST, binding)[9]
    assert "Your connection has not come this far yet." in step.body_html
    assert f'data-v="client.close[0].close.code.number">{NOT_YET}</span>' in step.body_html


def test_an_empty_connection_binds_nothing() -> None:
    binding = lessons.bind_live(FIRST, "", [], Trace("new"))
    assert binding.steps == [None] * 11
    assert set(binding.values.values()) == {NOT_YET}


def test_live_and_recorded_text_are_shown_to_those_they_concern() -> None:
    for live in (False, True):
        html = lessons.render_intro(FIRST, lessons.bind(FIRST, lessons.play(FIRST), live="" if live else None))
        assert ('data-when="live" hidden' in html) is not live
        assert ('data-when="recorded" hidden' in html) is live


# What is drawn.

ATTRIBUTES = {"class", "data-f", "data-v", "data-step", "data-when", "href", "hidden", "id", "role", "data-kind"}
ATTRIBUTES |= {"method", "action", "type", "name", "value", "for", "autocomplete", "spellcheck", "required", "rows"}
TAGS = {"p", "a", "span", "code", "em", "strong", "ul", "ol", "li", "div", "details", "summary"}
TAGS |= {"form", "label", "input", "textarea", "button"}


class Reader(HTMLParser):
    """Collects tags, attributes and addresses; fails on what does not close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.open: list[str] = []
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.open += [tag] if tag != "input" else []
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name == "href"}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def drawn(steps: list[lessons.StepHtml]) -> str:
    notes = [html for step in steps for note in (step.page, step.program) if note for html in note]
    return "".join([html for step in steps for html in (step.title_html, step.body_html)] + notes)


@every_lesson
def test_only_harmless_html_is_drawn(lesson: lessons.Lesson) -> None:
    html = Reader(drawn(recorded(lesson)[1]))
    assert html.tags <= TAGS
    assert html.attributes <= ATTRIBUTES
    assert all(link.startswith(("?step=", "/learn/", "/compare")) for link in html.links)


def test_payloads_are_text_and_never_html() -> None:
    trace = live_trace(greeting='<img src=x onerror="alert(1)">\'&')
    binding = lessons.bind_live(FIRST, "", lessons.replay(trace), trace)
    html = drawn(lessons.render(FIRST, binding))
    assert Reader(html).tags <= TAGS
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#x27;&amp;" in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<b style="color:red">x</b>',
        "[x](javascript:alert(1))",
        "[x](https://example.org/)",
        '[x](#mask" onclick="y)',
        "[x](//example.org)",
        "![x](data:image/png;base64,AA)",
        "<https://example.org>",
        '{mask"><script>}',
        "`{mask}<script>`",
        "&lt;script&gt; [x]: javascript:y",
    ],
)
def test_prose_cannot_become_html(hostile: str) -> None:
    lesson = source.read(GOOD + "\n" + hostile + "\n", "07-small.md")
    html = Reader(drawn(recorded(lesson)[1]))
    assert html.tags <= TAGS
    assert html.attributes <= ATTRIBUTES
    assert all(link.startswith(("?step=", "/learn/")) for link in html.links)


def test_chips_and_values_are_what_the_page_expects() -> None:
    _, steps = recorded(source.read(GOOD, "07-small.md"))
    assert (
        '<a class="chip f-mask" data-f="mask" data-step="1" href="?step=1&amp;field=mask">MASK</a>'
        in steps[0].body_html
    )
    assert (
        '<code>ws.send(&quot;<span class="val" data-v="client.text[0].text">Hey</span>&quot;)</code>'
        in steps[0].body_html
    )
    assert 'data-step="1" href="?step=1&amp;field=mask">the request</a>' in steps[1].body_html
    assert '<details class="answer"><summary>No</summary><p class="right">' in steps[0].body_html


# What the check notices, and on which line.


def test_the_small_lesson_is_right(tmp_path: Path) -> None:
    assert lessons.check(written(tmp_path, GOOD)) == []


MISTAKES = [
    # (what is replaced, by what, the line that must be named, words of the complaint)
    ("minutes: 1\n", "minutes: 1\nauthor: me\n", 7, "unknown key `author`"),
    ("minutes: 1\n", "minutes: soon\n", 6, "`minutes` must be a whole number"),
    ("goal: See one frame.\n", "", 1, "the key `goal` is missing"),
    ("slug: small\n", "slug: small\nslug: big\n", 4, "written twice"),
    ("slug: small", "slug: Small Lesson", 3, "must be lower-case letters"),
    ("minutes: 1", "minutes: [1", 6, "not YAML"),
    ("---\nid", "id", 1, "three dashes"),
    ("rfc:6455#5.2", "https://example.org", 7, "is no source"),
    ("app: echo", "app: nothing", 8, "there is no app `nothing`; the apps are"),
    ("- send: Hey", "- shout: Hey", 10, "unknown verb `shout`"),
    ("- send: Hey", "- send: 5", 10, "must be text (quote it)"),
    ("- send: Hey", "- send: {text: Hi, masked: false}", 10, "no option `masked`"),
    ("- send: Hey", "- send: {mask: false}", 10, "`send` needs `text`"),
    ("- send: Hey", "- raw: 8x", 10, "hexadecimal"),
    ("messages: 1", "messages: 2", 11, "waits for ever: only 1"),
    ("  - close: {code: 1000}\n", "  - close\n  - send: Bye\n", 13, "connection is over"),
    ("  125: the", "  126: unused\n  125: the", 14, "`126` is listed but never used"),
    ("at: client.text[0]\n", "", 19, "shows no event"),
    ("at: client.text[0]", "at: client.txt[0]", 20, "names no event"),
    ("at: client.text[0]", "at: client.text[3]", 19, "there is no `client.text[3]`"),
    ("at: client.text[0]", "at: client.text[0].mask", 20, "`at` names an event"),
    ("field: payload\n", "", 20, "say which field"),
    ("field: payload", "field: playload", 19, "no field `playload`"),
    ("field: payload", "field: payload\nbyte: 9", 19, "has 3 bytes"),
    ("field: payload", "field: payload\nbyte: two", 22, "is a number"),
    ("field: payload", "field: payload\ncolour: red", 22, "unknown key `colour`"),
    ("field: payload", "field: payload\nfield: mask", 22, "written twice"),
    ("field: payload", "field: payload\npage: only code", 22, "`code | remark`"),
    ("expect: mask == 1\n\n", "expect: mask == 1\n", 23, "leave an empty line"),
    ("mask == 1", "mask == 0", 22, "does not hold: `client.text[0].mask` is 1"),
    ("mask == 1", "mask is one", 22, "is no expectation"),
    ("mask == 1", "server.text[0] before client.text[0]", 22, "comes after"),
    ("mask == 1", "rule[frm.mask.client]", 22, "does not hold"),
    ("mask == 1", "no mask", 22, "is there"),
    ("mask == 1", "sizes > 3", 22, "no field `sizes`"),
    ("{mask.bits}", "{msk.bits}", 24, "no field `msk`"),
    ("{mask.bits}", "{mask.size}", 24, "is 1 bits, not whole bytes"),
    ("{mask.bits}", "{text:loud}", 24, "`loud` is no format"),
    ("{mask.bits}", "{payload.byte[7]}", 24, "there are 3 bytes"),
    ("{mask.bits}", "{server.fin}", 24, "name a property"),
    ("(#mask)", "(#mesk)", 24, "no field `mesk`"),
    ("(#mask)", "(#res.accept)", 24, "no step shows `res`"),
    ("(#mask)", "(https://example.org)", 24, "this link is not allowed"),
    ("(#mask)", "(lesson:nowhere)", 24, "there is no lesson `nowhere`"),
    ("(#mask)", "(lesson:small#9)", 24, "no step 9"),
    ("Up to 125", "Up to 126", 24, "`126` is typed by hand"),
    ("Up to 125", "Up to 3", 24, "`3` is in the trace; write {len7}"),
    ("Up to 125", "The frame of nine", 24, "`nine` is in the trace; write {size:word}"),
    ("Up to 125", "Key 37fa213d, up to 125", 24, "`37fa213d` is in the trace"),
    ("Up to 125", "*Say*\nHey, up to 125", 25, "“Hey” is in the trace; write {text}"),
    ('"{text}"', '"37fa213d"', 24, "`37fa213d` is in the trace"),
    ("A small lesson", "A small lesson of 3", 4, "`3` is typed by hand"),
    ("A server must", "All 7 servers must", 30, "`7` is typed by hand"),
    ("::: predict", "::: riddle", 26, "unknown block `riddle`"),
    (":::\n\n## The", "\n## The", 26, "never closed"),
    ("::: predict", ":::", 26, "closes nothing"),
    ("- [x] No", "- [ ] No", 27, "needs two answers or more"),
    (" | Look again.", "", 29, "write `- [ ] answer | reason`"),
    ("It took", "<b>It</b> took", 37, "HTML is not allowed"),
    ("It took", "{live}It took", 37, "never closed"),
    ("It took", "*{live}It* took{/live}", 37, "inside or both outside"),
    ("It took", "It { took", 37, "brace stands alone"),
    ("It took", "### It took", 37, "no headings"),
    ("## ", "### ", 16, "no step"),
]


@pytest.mark.parametrize(("old", "new", "line", "says"), MISTAKES, ids=[f"{m[2]}-{m[3]}" for m in MISTAKES])
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new) if old == "## " else GOOD.replace(old, new, 1)
    found = lessons.check(written(tmp_path, text))
    assert any(f"07-small.md:{line}: " in each and says in each for each in found), found


def test_files_that_cannot_be_read_are_problems_too(tmp_path: Path) -> None:
    assert "cannot be read" in lessons.check(tmp_path / "none.md")[0]
    path = tmp_path / "08-latin.md"
    path.write_bytes(GOOD.encode().replace(b"Recorded", b"\xe9"))
    assert lessons.check(path) == [f"{path}:17: this is not UTF-8; save the file as UTF-8"]


def test_loading_raises_with_every_problem(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace("minutes: 1", "minutes: 0").replace("id: 7", "id: x"))
    with pytest.raises(lessons.LessonError) as caught:
        lessons.load(path)
    assert [problem.line for problem in caught.value.problems] == [2, 6]
    assert str(caught.value).startswith("line 2: `id` must be")


def test_windows_line_ends_and_a_mark_at_the_start_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "07-small.md"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert lessons.check(path) == []


def test_an_escaped_brace_is_a_brace() -> None:
    lesson = source.read(GOOD + "\nA brace: \\{.\n", "07-small.md")
    assert "A brace: {." in words(recorded(lesson)[1][1].body_html)
    assert not [ref for _, ref in references(lesson) if ref.kind == "fault"]


# Selectors and links.


@pytest.mark.parametrize(
    "text",
    [
        "req",
        "req.key",
        "res.accept",
        "client.frame[0].opcode",
        "server.msg[1].text",
        "client.frame[0].close.code",
        "client.text[fin=0].payload.byte[3]:hex",
        "server.fin",
        "rule[frm.mask.client].close_code",
        "req.ext[0].param",
    ],
)
def test_a_selector_is_printed_as_it_is_written(text: str) -> None:
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "fin", "client", "client.frame", "client.frame[x]", "req.", "res..x", "client.fin[0]", "req.Key"]
)
def test_what_is_no_selector_is_refused(text: str) -> None:
    with pytest.raises(SelectorError):
        parse(text)


def test_a_bare_name_belongs_to_the_event_of_the_step() -> None:
    at = parse("client.text[0]").event
    assert str(parse("close.code", at)) == "client.text[0].close.code"
    assert str(parse("size:word", at)) == "client.text[0].size:word"
    assert str(parse("key", parse("req").event)) == "req.key"


def test_links_lead_to_a_few_places_only() -> None:
    rfc = resolve("rfc:6455#5.3")
    assert rfc
    assert (rfc.label, rfc.url) == ("RFC 6455 §5.3", "https://www.rfc-editor.org/rfc/rfc6455#section-5.3")
    compare = resolve("page:compare")
    assert compare and compare.url == "/compare"
    assert resolve("rfc:x") is resolve("https://example.org") is resolve("lesson:a/../b") is None
    assert resolve("page:other") is None
