"""The connections of a lesson as its settings give them: one at the top level, or a list of named ones."""

from __future__ import annotations

import re
from typing import Any

from app.lessons import verbs
from app.lessons.heads import SESSION
from app.lessons.model import Action, Head, Part, Problem
from app.lessons.settings import Lines
from app.lessons.verbs import VERBS
from app.protocol.apps import APPS

PART_KEYS = ("app", "request", "client", "server", "automatic")
HEAD_KEYS = ("method", "target", "version", "headers", "raw", "early")
_NAME = re.compile(r"[a-z][a-z0-9-]*")
Path = tuple[str | int, ...]


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

    for key, kind in (("client", list), ("server", list), ("request", dict), ("automatic", bool), ("app", str)):
        if key in values and not isinstance(values[key], kind):
            problems.append(Problem(line(key), f"`{key}` is a {kind.__name__}"))
            return Part(name, line(key), "", slug, Head(), (), ())
    app = values.get("app", "" if "server" in values else "echo")
    alone = not name and app in APPS and "server" not in values
    return Part(
        name,
        line("app"),
        app,
        app if alone or (not name and not app and "server" not in values) else f"{slug}.{name}" if name else slug,
        _head(values.get("request", {}), (*path, "request"), lines, problems),
        read_actions(values.get("client", []), (*path, "client"), "client", lines, problems),
        read_actions(values.get("server", []), (*path, "server"), "server", lines, problems),
        values.get("automatic", True),
    )


def _head(value: dict[str, Any], path: Path, lines: Lines, problems: list[Problem]) -> Head:
    def wrong(key: str, text: str) -> None:
        problems.append(Problem(lines.get((*path, key), lines.get(path, 1)), text))

    for key, given in value.items():
        if key not in HEAD_KEYS:
            wrong(str(key), f"unknown key `{key}`; a request has {', '.join(HEAD_KEYS)}")
        elif key != "headers" and not (isinstance(given, str) and given):
            wrong(key, f"`{key}` must be text (quote it)")
    target = value.get("target", "")
    if target and not str(target).startswith(f"/ws/{SESSION}"):
        wrong("target", f"a target begins with `/ws/{SESSION}`, so that a reader can run it live")
    if "early" in value and not verbs.is_hex(value["early"]):
        wrong("early", "`early` is pairs of hexadecimal digits, in quotes")
        return Head()
    headers: dict[str, tuple[str, ...] | None] = {}
    given = value.get("headers", {})
    if not isinstance(given, dict):
        wrong("headers", "`headers` are lines of `Name: value`; a name without a value leaves the header out")
        return Head()
    for name, text in given.items():
        headers[str(name)] = None if text is None else tuple(map(str, text)) if isinstance(text, list) else (str(text),)
    return Head(
        str(value.get("method", "GET")),
        str(target),
        str(value.get("version", "HTTP/1.1")),
        headers,
        str(value.get("raw", "")),
        bytes.fromhex(value.get("early", "")),
    )


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
