"""Lesson prose: a small Markdown with three things of our own, drawn as HTML that can hold nothing else.

`[word](#field)` is a chip, `{selector}` a value from the trace, `{live}…{/live}` and `{recorded}…{/recorded}` text for
one of the two kinds of trace. There is no raw HTML, no image and no style attribute; every value is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import NamedTuple, Protocol

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from app.lessons import links

WHEN = ("live", "recorded")
_BRACES = re.compile(r"\{([^{}\n]+)\}")
_CODE_VALUE = re.compile(r"\{([a-z][a-z0-9_.=\[\]/-]*(?::[A-Za-z]+)?)\}")
_ALLOWED = (
    "paragraph",
    "list",
    "text",
    "newline",
    "escape",
    "backticks",
    "emphasis",
    "link",
    "balance_pairs",
    "text_join",
)
_LEFTOVER = (
    (re.compile(r"</?[A-Za-z!]"), "HTML is not allowed here; use Markdown"),
    (re.compile(r"\]\("), f"this link is not allowed; {links.HOW}"),
    (re.compile(r"[{}]"), "a brace stands alone; write `\\{` for the character, `{field}` for a value"),
    (re.compile(r"^#+ "), "there are no headings inside a step; begin a step with `## Title`"),
    (re.compile(r"^(\?\?\?|!!!|\|)"), "this is not part of the language; blocks are written `::: try` … `:::`"),
)


class Ref(NamedTuple):
    """Something in prose that needs the trace or a place: kind `value`, `chip`, `link`, `text`, `code` or `fault`."""

    kind: str
    line: int
    text: str


class Drawing(Protocol):
    """What rendering asks of a binding."""

    def value(self, name: str) -> str:
        """The HTML of a value."""

    def chip(self, name: str) -> str:
        """The attributes of a chip."""

    def shown(self, when: str) -> bool:
        """Whether text for `live` or `recorded` is visible."""


def _braces(state: StateInline, silent: bool) -> bool:
    match = _BRACES.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        word = match[1].removeprefix("/")
        token = state.push("when" if word in WHEN else "value", "", 0)
        token.content = match[1]
    state.pos = match.end()
    return True


class _Renderer(RendererHTML):
    """HTML of the tokens; the Drawing stands in `env`."""

    def value(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        drawing: Drawing = env["drawing"]
        return drawing.value(tokens[at].content)

    def when(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        drawing: Drawing = env["drawing"]
        word = tokens[at].content
        if word.startswith("/"):
            return "</span>"
        return f'<span data-when="{word}"{"" if drawing.shown(word) else " hidden"}>'

    def link_open(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        drawing: Drawing = env["drawing"]
        target = str(tokens[at].attrGet("href"))
        if target.startswith("#"):
            return f"<a {drawing.chip(target[1:])}>"
        source = links.resolve(target)
        return f'<a href="{escape(source.url if source else "")}">'

    def code_inline(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        drawing: Drawing = env["drawing"]
        parts = _CODE_VALUE.split(tokens[at].content)
        return "<code>" + "".join(drawing.value(p) if n % 2 else escape(p) for n, p in enumerate(parts)) + "</code>"


class _Markdown(MarkdownIt):
    """Markdown whose links are those of `links`; a target is a selector, so it stays as it is written."""

    def validateLink(self, url: str) -> bool:
        return url.startswith("#") or links.resolve(url) is not None

    def normalizeLink(self, url: str) -> str:
        return url


def _parser() -> MarkdownIt:
    md = _Markdown("zero", {"html": False}, renderer_cls=_Renderer).enable(_ALLOWED)
    md.inline.ruler.before("text", "braces", _braces)
    return md


_MD = _parser()
_READ = _parser().disable("text_join")
"""For looking, not drawing: it keeps an escaped brace apart from one that stands there by mistake."""


def draw(text: str, drawing: Drawing) -> str:
    """Paragraphs and lists as HTML."""
    return str(_MD.render(text, {"drawing": drawing}))


def draw_inline(text: str, drawing: Drawing) -> str:
    """One line as HTML, without a paragraph around it."""
    return str(_MD.renderInline(text, {"drawing": drawing}))


def code(text: str, drawing: Drawing) -> str:
    """Text in which only values are replaced, everything else escaped."""
    parts = _CODE_VALUE.split(text)
    return "".join(drawing.value(p) if n % 2 else escape(p) for n, p in enumerate(parts))


def fill(text: str, say: Callable[[str], str]) -> str:
    """Text in which only values are replaced, not drawn: for what is judged."""
    parts = _CODE_VALUE.split(text)
    return "".join(say(part) if n % 2 else part for n, part in enumerate(parts))


def refs(text: str, line: int) -> Iterator[Ref]:
    """What prose that begins on `line` refers to, in order, with line numbers."""
    for token in _READ.parse(text, {}):
        if token.type == "inline":
            first = line + (token.map[0] if token.map else 0)
            yield from _inline(token.children or [], first)


def code_refs(text: str, line: int) -> Iterator[Ref]:
    """The same for text in which only values are replaced."""
    for n, part in enumerate(_CODE_VALUE.split(text)):
        yield Ref("value" if n % 2 else "code", line, part)


def _inline(tokens: list[Token], line: int) -> Iterator[Ref]:
    opened: list[tuple[Token, int]] = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            line += 1
        elif token.type == "value":
            yield Ref("value", line, token.content)
        elif token.type == "when":
            yield from _when(token, line, opened)
        elif token.type == "link_open":
            target = str(token.attrGet("href"))
            yield Ref("chip", line, target[1:]) if target.startswith("#") else Ref("link", line, target)
        elif token.type == "code_inline":
            yield from code_refs(token.content, line)
        elif token.type == "text":
            yield Ref("text", line, token.content)
            yield from (Ref("fault", line, why) for pattern, why in _LEFTOVER if pattern.search(token.content))
    for token, at in opened:
        word = token.content
        yield Ref("fault", at, f"`{{{word}}}` is never closed; write `{{/{word}}}` in the same paragraph")


def _when(token: Token, line: int, opened: list[tuple[Token, int]]) -> Iterator[Ref]:
    word = token.content.removeprefix("/")
    if word == token.content:
        if opened:
            yield Ref("fault", line, f"`{{{word}}}` stands inside `{{{opened[-1][0].content}}}`; close that first")
        opened.append((token, line))
    elif not opened or opened[-1][0].content != word:
        yield Ref("fault", line, f"`{{/{word}}}` closes nothing; write `{{{word}}}` before it")
    elif opened.pop()[0].level != token.level:
        yield Ref(
            "fault",
            line,
            f"`{{{word}}}` and `{{/{word}}}` must stand both inside or both outside of a link or emphasis",
        )
