"""Finds what was typed by hand in prose although the trace says it: numbers, hexadecimal digits, payload text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.lessons.model import Lesson, Problem
from app.lessons.prose import Ref
from app.lessons.resolve import Found, Resolver
from app.lessons.values import WORDS, Unresolved
from app.protocol.events import Event

_NAMES = re.compile(
    r"\bRFC \d+|§[\d.]+|\b(?:base64|SHA-1|SHA-256|MD5|UTF-8|UTF-16|HTTP/\d(?:\.\d)?|TLS 1\.\d|IPv[46]|RSV[123])\b", re.I
)
"""Names with digits in them, which are no numbers."""
_NUMBER = re.compile(r"\w*\d\w*")
_WORD = re.compile(r"[A-Za-z]+")
_TEXT_MIN, _TEXT_MAX = 3, 60
_FIRST_WORD = 3
"""Smaller number words ("one", "two") are too common to mean a size."""


class Said:
    """What the event of a step says, and the selector that would print it."""

    def __init__(self, resolver: Resolver, event: Event) -> None:
        self.numbers: dict[str, str] = {}
        self.sizes: dict[str, str] = {}
        self.text = ""
        self._size("size", (event.end - event.start) // 8)
        for name, found in resolver.fields(event).items():
            self.numbers.setdefault(found.field.value, name)
            self.numbers.setdefault(found.field.raw, f"{name}.raw")
            self.numbers.setdefault(found.bits, f"{name}.bits")
            if event.kind == "frame":  # a head has so many parts that any small number is the size of one
                self._field_size(name, found)
        if event.kind == "frame":
            self._payload(resolver, event)

    def _field_size(self, name: str, found: Found) -> None:
        try:
            self._size(f"{name}.size", len(found.data))
        except Unresolved:
            return  # single bits

    def _size(self, name: str, size: int) -> None:
        self.numbers.setdefault(str(size), name)
        if _FIRST_WORD <= size < len(WORDS):
            self.sizes.setdefault(WORDS[size], f"{name}:word")

    def _payload(self, resolver: Resolver, event: Event) -> None:
        text = resolver.text_of(event)
        if _TEXT_MIN <= len(text) <= _TEXT_MAX and text.isprintable():
            self.text = text


def typed(lesson: Lesson, ref: Ref, said: Said | None, used: set[str]) -> Iterator[Problem]:
    """What is wrong with one piece of prose or code; numbers of the lesson's list that occur go into `used`."""
    text = _NAMES.sub("", ref.text)
    if said and said.text and re.search(rf"(?<!\w){re.escape(said.text)}(?!\w)", text):
        yield Problem(ref.line, f"“{said.text}” is in the trace; write {{text}} in its place")
    for number in _NUMBER.findall(text):
        yield from _number(lesson, ref, number, said, used)
    if said and ref.kind == "text":
        for word in _WORD.findall(text):
            if name := said.sizes.get(word.lower()):
                yield from _listed(lesson, ref, word.lower(), name, used)


def _number(lesson: Lesson, ref: Ref, number: str, said: Said | None, used: set[str]) -> Iterator[Problem]:
    if number in lesson.numbers:
        used.add(number)
        return
    name = said.numbers.get(number.lower().removeprefix("0x")) if said else None
    if name:
        yield from _listed(lesson, ref, number, name, used)
    elif ref.kind == "text":
        yield Problem(
            ref.line,
            f"`{number}` is typed by hand; take it from the trace, as in {{size}}, or list it under `numbers`"
            " with the reason why it is always the same",
        )


def _listed(lesson: Lesson, ref: Ref, word: str, name: str, used: set[str]) -> Iterator[Problem]:
    """Something that the trace says, unless the lesson's list excuses it."""
    if word in lesson.numbers:
        used.add(word)
        return
    yield Problem(
        ref.line,
        f"`{word}` is in the trace; write {{{name}}} in its place, or list `{word}` under `numbers` with the reason",
    )
