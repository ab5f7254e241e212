"""The connections of a lesson as its settings give them: one at the top level, or a list of named ones."""

from __future__ import annotations

import re
from typing import Any

from app.lessons import verbs
from app.lessons.heads import SESSION
from app.lessons.model import Action, Head, Part, Problem
from app.lessons.settings import Lines
from app.lessons.verbs import VERBS
from app.protocol.say import Answer

PART_KEYS = ("app", "request", "response", "client", "server", "automatic")
PART_KINDS: dict[str, tuple[type, str]] = {
    "app": (str, "the name of an app"),
    "request": (dict, "lines of `key: value`"),
    "response": (dict, "lines of `key: value`"),
    "client": (list, "a list"),
    "server": (list, "a list"),
    "automatic": (bool, "true or false"),
}
ANSWER_KEYS = ("status", "headers")
HEAD_KEYS = ("method", "target", "version", "headers", "raw", "early")
_NAME = re.compile(r"[a-z][a-z0-9-]*")
Path = tuple[str | int, ...]
Headers = dict[str, tuple[str, ...] | None]


def read_parts(values: dict[str, Any], lines: Lines, problems: list[Problem]) -> tuple[Part, ...]:
    """Every connection, in order; problems are added to the list."""
    slug = values["slug"]
    if "connections" not in values:
        if "app" not in values and "server" not in values:
            problems.append(Problem(1, "say what the server does: add `app:` or `server:` to the settings"))
            return ()
        return (_part(values, (), "", slug, lines, problems),)
    for key in PART_KEYS:
        if key in values:
            problems.append(Problem(lines[(key,)], f"`{key}` belongs to one of the `connections`"))
    found: dict[str, Part] = {}
    for index, value in enumerate(values["connections"]):
        path: Path = ("connections", index)
        name = value.get("name") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(name, str) or not _NAME.fullmatch(name) or name in found:
            problems.append(Problem(lines[path], "each connection has a `name` of its own: `- name: short-key`"))
            continue
        for key in value:
            if key not in ("name", *PART_KEYS):
                text = f"unknown key `{key}`; a connection has name, {', '.join(PART_KEYS)}"
                problems.append(Problem(lines[*path, str(key)], text))
        found[name] = _part(value, path, name, slug, lines, problems)
    return tuple(found.values())


def _part(values: dict[str, Any], path: Path, name: str, slug: str, lines: Lines, problems: list[Problem]) -> Part:
    def line(key: str) -> int:
        return lines.get((*path, key), lines.get(path, 1))

    for key, kind in PART_KINDS.items():
        if key in values and not isinstance(values[key], kind[0]):
            problems.append(Problem(line(key), f"`{key}` is {kind[1]}"))
            return Part(name, line(key), "", slug, Head(), (), ())
    app = values.get("app", "" if "server" in values else "echo")
    played = "server" in values or "response" in values or bool(name)
    return Part(
        name,
        line("app"),
        app,
        (f"{slug}.{name}" if name else slug) if played else app,
        _head(values.get("request", {}), (*path, "request"), lines, problems),
        read_actions(values.get("client", []), (*path, "client"), "client", lines, problems),
        read_actions(values.get("server", []), (*path, "server"), "server", lines, problems),
        values.get("automatic", True),
        _answer(values.get("response", {}), (*path, "response"), lines, problems),
    )


def _unknown(value: dict[str, Any], known: tuple[str, ...], path: Path, lines: Lines, problems: list[Problem]) -> None:
    for key in value:
        if key not in known:
            text = f"unknown key `{key}`; `{path[-1]}` has {', '.join(known)}"
            problems.append(Problem(lines[*path, str(key)], text))


def _headers(value: dict[str, Any], path: Path, lines: Lines, problems: list[Problem]) -> Headers:
    given = value.get("headers", {})
    if not isinstance(given, dict):
        text = "`headers` are lines of `Name: value`; a name without a value leaves the header out"
        problems.append(Problem(lines[*path, "headers"], text))
        return {}
    return {
        str(name): None if text is None else tuple(map(str, text)) if isinstance(text, list) else (str(text),)
        for name, text in given.items()
    }


def _head(value: dict[str, Any], path: Path, lines: Lines, problems: list[Problem]) -> Head:
    _unknown(value, HEAD_KEYS, path, lines, problems)
    for key in HEAD_KEYS:
        if key != "headers" and key in value and not (isinstance(value[key], str) and value[key]):
            problems.append(Problem(lines[*path, key], f"`{key}` must be text (quote it)"))
            return Head()
    target, early = value.get("target", ""), value.get("early", "")
    if target and not target.startswith(f"/ws/{SESSION}"):
        text = f"a target begins with `/ws/{SESSION}`, so that a reader can run it live"
        problems.append(Problem(lines[*path, "target"], text))
    if early and not verbs.is_hex(early):
        problems.append(Problem(lines[*path, "early"], "`early` is pairs of hexadecimal digits, in quotes"))
        return Head()
    return Head(
        value.get("method", "GET"),
        target,
        value.get("version", "HTTP/1.1"),
        _headers(value, path, lines, problems),
        value.get("raw", ""),
        bytes.fromhex(early),
    )


def _answer(value: dict[str, Any], path: Path, lines: Lines, problems: list[Problem]) -> Answer:
    _unknown(value, ANSWER_KEYS, path, lines, problems)
    status = value.get("status", 101)
    if type(status) is not int or not 100 < status < 600:
        problems.append(Problem(lines[*path, "status"], "`status` is a number above 100 and below 600"))
        status = 101
    return Answer(status, tuple(_headers(value, path, lines, problems).items()))


def read_actions(
    values: list[object], path: Path, side: str, lines: Lines, problems: list[Problem]
) -> tuple[Action, ...]:
    """A script: `- send: Hello`, `- close: {code: 1000, reason: done}`, `- wait: {messages: 2}`, `- echo`."""
    found = []
    for index, value in enumerate(values):
        line = lines[*path, index]
        if isinstance(value, str):
            value = {value: None}
        if not isinstance(value, dict) or len(value) != 1:
            problems.append(Problem(line, f"each step of `{side}` is one verb, such as `- send: Hello`"))
            continue
        ((name, given),) = value.items()
        if name not in VERBS:
            names = [verb for verb, known in VERBS.items() if side in known.sides]
            problems.append(Problem(line, f"unknown verb `{name}`; the verbs are {', '.join(names)}"))
        elif name == "together" and side == "client":
            inner = given if isinstance(given, list) else []
            parts = read_actions(inner, (*path, index, "together"), side, lines, problems)
            if not parts:
                problems.append(Problem(line, "`together` is a list of verbs that are sent in one write"))
            found.append(Action(line, name, {}, parts))
        else:
            options = _options(VERBS[name].main, given)
            complaints = verbs.problems(name, options, side)
            problems += [Problem(line, complaint) for complaint in complaints]
            if not complaints:
                found.append(Action(line, name, options))
    return tuple(found)


def _options(main: str, given: object) -> dict[str, Any]:
    if given is None:
        return {}
    if isinstance(given, dict):
        return {str(key): value for key, value in given.items()}
    return {main: given}
