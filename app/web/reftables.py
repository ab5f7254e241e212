"""The tables of the reference as rows that one template draws. Pure."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from inspect import getsource
from typing import NamedTuple

from app import settings
from app.protocol.closing import CLOSE_CODES, LOCAL_ONLY, code_name, code_rule
from app.protocol.extensions import PARAMETERS
from app.protocol.frames import OPCODES, is_control, opcode_name
from app.protocol.states import TRANSITIONS
from app.reference.browser import API, MEASURED_WITH
from app.reference.fields import GROUPS, FieldDoc, field_doc
from app.reference.glossary import GLOSSARY
from app.words import t


class Cell(NamedTuple):
    """One cell: its text, `code` when it is set in monospace, a `section` of an RFC, or links to `rules`."""

    text: str = ""
    code: bool = False
    section: str = ""
    rules: tuple[str, ...] = ()
    family: str = ""


class Row(NamedTuple):
    """One row; the first cell heads it. `id` is what an address points at."""

    id: str
    cells: tuple[Cell, ...]


class Table(NamedTuple):
    """One table: a heading where a page has several, the heads of its columns, its rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def _heads(*names: str) -> tuple[str, ...]:
    return tuple(t(f"ref.col.{name}") for name in names)


def field_tables() -> tuple[Table, ...]:
    """Every field, one table for each part of a conversation."""
    columns = _heads("field", "where", "allowed", "what", "section")
    return tuple(
        Table(t(f"ref.fields.{name}"), columns, tuple(_field(doc) for doc in docs)) for name, docs in GROUPS.items()
    )


def _field(doc: FieldDoc) -> Row:
    cells = (Cell(", ".join(doc.ids), code=True), Cell(doc.where), Cell(doc.allowed), Cell(doc.text))
    return Row(doc.id, (*cells, Cell(section=doc.section)))


def code_tables() -> tuple[Table, ...]:
    """Close codes: those with a name, then the ranges."""
    rows = [_code(str(code), code) for code in CLOSE_CODES]
    ranges = (("0-999", 0), ("1016-2999", 2000), ("3000-3999", 3000), ("4000-4999", 4000), ("5000-65535", 5000))
    rows += [_code(text, code) for text, code in ranges]
    return (Table("", _heads("code", "name", "wire", "rule"), tuple(rows)),)


def _code(text: str, code: int) -> Row:
    rule = code_rule(code)
    kind = "never" if code in LOCAL_ONLY else "reserved" if rule else "yes"
    kind = {3: "library", 4: "private"}.get(code // 1000, kind) if kind == "yes" else kind
    cells = (Cell(text, code=True), Cell(code_name(code)), Cell(t(f"ref.code.{kind}")))
    return Row(f"c{text}", (*cells, Cell(rules=(rule or "cls.code.use",))))


_OPCODE_RULES = {0: "msg.start", 1: "msg.utf8", 2: "msg.type", 8: "cls.start", 9: "ping.reply", 10: "pong.echo"}


def opcode_tables() -> tuple[Table, ...]:
    """All sixteen opcodes."""
    return (Table("", _heads("opcode", "bits", "name", "kind", "rule"), tuple(map(_opcode, range(16)))),)


def _opcode(opcode: int) -> Row:
    kind = "control" if is_control(opcode) else "data"
    known = opcode in OPCODES
    name = opcode_name(opcode) if known else t("ref.opcode.reserved")
    said = t(f"ref.opcode.{kind}" if known else f"ref.opcode.reserved.{kind}")
    cells = (Cell(f"{opcode:x}", code=True), Cell(f"{opcode:04b}", code=True, family="op"), Cell(name), Cell(said))
    return Row(f"o{opcode:x}", (*cells, Cell(rules=(_OPCODE_RULES.get(opcode, "frm.opcode"),))))


_PARAMETER_RULES = {
    "server_no_context_takeover": ("pmd.snct", "pmd.ctx.server"),
    "client_no_context_takeover": ("pmd.cnct", "pmd.cnct.support"),
    "server_max_window_bits": ("pmd.smwb.offer", "pmd.smwb.resp", "pmd.window.server"),
    "client_max_window_bits": ("pmd.cmwb.offer", "pmd.cmwb.resp", "pmd.cmwb.unoffered"),
}


def extension_tables() -> tuple[Table, ...]:
    """The parameters of permessage-deflate."""
    return (Table("", _heads("parameter", "where", "allowed", "what", "rules"), tuple(map(_parameter, PARAMETERS))),)


def _parameter(name: str) -> Row:
    doc = field_doc(f"pmd.{name}")
    said = (Cell(doc.where), Cell(doc.allowed), Cell(doc.text)) if doc else (Cell(), Cell(), Cell())
    return Row(name, (Cell(name, code=True), *said, Cell(rules=_PARAMETER_RULES[name])))


def state_tables() -> tuple[Table, ...]:
    """The transitions, in the order of the table."""
    rows = tuple(
        Row(f"{state}-{what}".lower().replace(" ", "-"), (Cell(state, code=True), Cell(what), Cell(after, code=True)))
        for (state, what), after in TRANSITIONS.items()
    )
    return (Table("", _heads("state", "happens", "next"), rows),)


def browser_tables() -> tuple[Table, ...]:
    """The browser's API."""
    columns = (*_heads("js", "means"), t("ref.col.measured", version=MEASURED_WITH), *_heads("rules"))
    rows = tuple(
        Row(f"js{n}", (Cell(each.name, code=True), Cell(each.means), Cell(each.measured), Cell(rules=each.rules)))
        for n, each in enumerate(API)
    )
    return (Table("", columns, rows),)


def glossary_tables() -> tuple[Table, ...]:
    """The terms, in alphabetical order."""
    terms = sorted(GLOSSARY.items(), key=lambda each: each[0].lower())
    rows = tuple(Row(name.lower().replace(" ", "-"), (Cell(name), Cell(text))) for name, text in terms)
    return (Table("", _heads("term", "meaning"), rows),)


@cache
def setting_texts() -> dict[str, str]:
    """The sentence below each setting in its table."""
    tree = ast.parse(getsource(settings.Settings))
    assert isinstance(tree.body[0], ast.ClassDef)
    said: dict[str, str] = {}
    name = ""
    for node in tree.body[0].body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
        elif name and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            said[name], name = str(node.value.value), ""
        else:
            name = ""
    return said


def limit_tables(here: settings.Settings) -> tuple[Table, ...]:
    """Every budget with its value on this server. Names and paths are nobody's business but the server's."""
    texts = setting_texts()
    rows = tuple(
        Row(
            field.name,
            (
                Cell(texts.get(field.name, "")),
                Cell(_amount(field.name, getattr(here, field.name))),
                Cell(settings.PREFIX + field.name.upper(), code=True),
            ),
        )
        for field in fields(here)
        if field.type != "str"
    )
    return (Table("", _heads("limit", "value", "variable"), rows),)


def _amount(name: str, value: float) -> str:
    if name.endswith("_seconds"):
        return t("ref.limits.seconds", size=f"{value:g}")
    if name.endswith("_bytes") or name.startswith("trace_"):
        whole = value % settings.MIB == 0
        return t("ref.limits.mib" if whole else "ref.limits.bytes", size=int(value / settings.MIB if whole else value))
    return f"{value:,}"


TABLES: dict[str, Callable[[], tuple[Table, ...]]] = {
    "fields": field_tables,
    "close-codes": code_tables,
    "opcodes": opcode_tables,
    "extensions": extension_tables,
    "browser-api": browser_tables,
    "glossary": glossary_tables,
}
"""Pages that are nothing but tables; those of states and limits need something more."""
