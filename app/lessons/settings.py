"""The settings at the top of a lesson: YAML, checked key by key, every problem with its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler

from app.lessons import links
from app.lessons.model import Demo, LessonError, Problem, Recording, Source

Lines = dict[tuple[str | int, ...], int]
"""The line of every key and list item, by its path: ("client", 0, "send")."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def split(text: str) -> tuple[str, str, int]:
    """Front matter, body, and how many lines come before the body. Raises LessonError."""
    handler = YAMLHandler()
    try:
        if not handler.detect(text):
            raise ValueError
        settings, body = handler.split(text)
    except ValueError:
        raise LessonError(
            [Problem(1, "begin with a line of three dashes, the settings, and three dashes again")]
        ) from None
    return settings, body, text[: len(text) - len(body)].count("\n")


def read(settings: str) -> tuple[dict[str, Any], Lines]:
    """The settings as plain values, and the line of each. Raises LessonError."""
    try:
        node = yaml.compose(settings, Loader=yaml.SafeLoader)
        values = yaml.safe_load(settings)
    except yaml.MarkedYAMLError as error:
        mark = error.context_mark or error.problem_mark
        raise LessonError(
            [Problem(mark.line + 1 if mark else 1, f"the settings are not YAML: {error.problem}")]
        ) from None
    if not isinstance(values, dict) or node is None:
        raise LessonError([Problem(1, "the settings must be lines of `key: value`")])
    lines: Lines = {}
    twice: list[Problem] = []
    _locate(node, (), lines, twice)
    if twice:
        raise LessonError(twice)
    return values, lines


def _locate(node: yaml.Node, path: tuple[str | int, ...], lines: Lines, twice: list[Problem]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            line = key.start_mark.line + 1
            if here in lines:
                twice.append(Problem(line, f"`{key.value}` is written twice; keep one"))
            lines[here] = line
            _locate(value, here, lines, twice)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[*path, index] = value.start_mark.line + 1
            _locate(value, (*path, index), lines, twice)


def _id(value: object) -> str | None:
    good = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return None if good else "must be a whole number"


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value.strip() else "must be text"


def _count(value: object) -> str | None:
    good = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return None if good else "must be a whole number above zero"


def _slug(value: object) -> str | None:
    good = isinstance(value, str) and _SLUG.fullmatch(value)
    return None if good else "must be lower-case letters, digits and single hyphens"


def _list(value: object) -> str | None:
    return None if isinstance(value, list) and value else "must be a list with at least one entry"


def _mapping(value: object) -> str | None:
    return None if isinstance(value, dict) and value else "must be lines of `key: value`"


def _flag(value: object) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _numbers(value: object) -> str | None:
    good = isinstance(value, dict) and all(isinstance(why, str) and why for why in value.values())
    return None if good else "must be lines of `number: why it is the same in every conversation`"


KEYS: dict[str, tuple[bool, Callable[[object], str | None]]] = {
    "id": (True, _id),
    "slug": (True, _slug),
    "title": (True, _text),
    "goal": (True, _text),
    "minutes": (True, _count),
    "sources": (True, _list),
    "needs": (False, _list),
    "app": (False, _slug),
    "request": (False, _mapping),
    "response": (False, _mapping),
    "client": (False, _list),
    "server": (False, _list),
    "automatic": (False, _flag),
    "connections": (False, _list),
    "trace": (False, _mapping),
    "demo": (False, _list),
    "numbers": (False, _numbers),
    "twin": (False, _slug),
}
"""Every key of the settings: whether it must be there, and what is wrong with a value (None: nothing)."""


def check_keys(values: dict[str, Any], lines: Lines) -> list[Problem]:
    """Keys that are unknown, missing or hold the wrong kind of value."""
    found = [
        Problem(lines[(str(key),)], f"unknown key `{key}`; the keys are {', '.join(KEYS)}")
        for key in values
        if key not in KEYS
    ]
    for key, (needed, wrong) in KEYS.items():
        if key not in values:
            found += [Problem(1, f"the key `{key}` is missing; add it to the settings")] if needed else []
        elif complaint := wrong(values[key]):
            found.append(Problem(lines[(key,)], f"`{key}` {complaint}"))
    return found


def read_sources(values: list[object], lines: Lines, problems: list[Problem]) -> tuple[Source, ...]:
    """The `sources:` list, each an `rfc:` or `whatwg:` target."""
    found = []
    for index, value in enumerate(values):
        if source := links.resolve(str(value)):
            found.append(source)
        else:
            problems.append(Problem(lines["sources", index], f"`{value}` is no source; write rfc:6455#5.3"))
    return tuple(found)


def read_demos(values: list[object], lines: Lines, problems: list[Problem]) -> tuple[Demo, ...]:
    """The `demo:` list: `- {minutes: 5, steps: [1, 3]}`."""
    found = []
    for index, value in enumerate(values):
        line = lines["demo", index]
        minutes, steps = (value.get("minutes"), value.get("steps")) if isinstance(value, dict) else (None, None)
        good = isinstance(steps, list) and bool(steps) and all(type(step) is int for step in steps)
        if good and type(minutes) is int and isinstance(value, dict) and len(value) == 2:
            found.append(Demo(line, minutes, tuple(steps or ())))
        else:
            problems.append(Problem(line, "a demo is written `- {minutes: 5, steps: [1, 3]}`"))
    return tuple(found)


def read_recording(value: dict[str, Any] | None, lines: Lines, problems: list[Problem]) -> Recording | None:
    """The `trace:` of a lesson that cannot be played here: `{file: traces/15-name.jsonl, why: ...}`."""
    if value is None:
        return None
    line = lines[("trace",)]
    if value.keys() != {"file", "why"} or not all(isinstance(each, str) and each for each in value.values()):
        problems.append(Problem(line, "`trace` has a `file` in the folder traces, and says `why` it was recorded"))
        return None
    if not re.fullmatch(r"traces/[a-z0-9-]+\.jsonl", value["file"]):
        problems.append(Problem(line, f"`{value['file']}` is no trace file; write traces/NN-name.jsonl"))
        return None
    return Recording(line, value["file"], value["why"])


def read_needs(values: list[object], lines: Lines, problems: list[Problem]) -> tuple[str, ...]:
    """The `needs:` list: slugs of lessons that come before."""
    for index, value in enumerate(values):
        if _slug(value):
            problems.append(Problem(lines["needs", index], f"`{value}` is no slug of a lesson"))
    return tuple(map(str, values))
