"""The reference: an index with a search, tables, every rule on a page of its own, and runs of rules."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from flask import Blueprint, Flask, Response, abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.anatomy import explain
from app.live.hub import Hub
from app.protocol.events import Event, event_json, summary
from app.protocol.rules import GROUPS, RULES, Rule
from app.protocol.states import TRANSITIONS
from app.reference import programs, replay
from app.reference.diagram import diagram
from app.reference.examples import Example, example, told, worth_seeing
from app.reference.fields import field_doc
from app.reference.glossary import GLOSSARY
from app.reference.search import MOST, Entry, search
from app.reference.ways import scripts, ways, why_not
from app.web import rulepage, rungs, scene
from app.web.pages import recorded, shelf
from app.web.reftables import TABLES, Table, limit_tables, state_tables
from app.web.safety import the_hub
from app.words import t

bp = Blueprint("reference", __name__, url_prefix="/reference")

PAGES = ("rules", "fields", "close-codes", "opcodes", "extensions", "states", "browser-api", "glossary", "limits")
RUNS = {"yes": lambda names: bool(names), "browser": lambda names: "browser" in names, "no": lambda names: not names}


def connect(app: Flask, hub: Hub) -> None:
    """Serve the reference, and let the endpoint play the server's side of every example."""
    from app.web import rulerun  # it needs what is defined below

    hub.players |= scripts()
    app.register_blueprint(bp)
    app.register_blueprint(rulerun.bp)


@bp.app_context_processor
def _links() -> dict[str, Any]:
    return {"rule_url": rule_url, "field_url": field_url}


def rule_url(rule: str) -> str:
    """The page of a rule."""
    return url_for("reference.rule", id=rule)


def field_url(name: str, section: str) -> str:
    """What the reference says about a field; the section of the RFC where it says nothing."""
    doc = field_doc(name)
    return f"{url_for('reference.page', name='fields')}#{doc.id}" if doc else scene.section_url(section)


# Index and search.


@bp.get("")
def index() -> str:
    """What there is; with `q` what was found."""
    query = request.args.get("q", "").strip()
    found = search(entries(), query)
    groups: dict[str, list[Entry]] = {}
    for entry in found:
        groups.setdefault(entry.kind, []).append(entry)
    counts = {"rules": len(RULES), "runs": sum(bool(ways(rule)) for rule in RULES), "glossary": len(GLOSSARY)}
    return render_template(
        "reference/index.html",
        active="reference",
        query=query,
        found=found,
        groups=groups,
        most=MOST,
        pages=[(name, _text_of(name, counts)) for name in (*PAGES, "api")],
    )


def _text_of(name: str, counts: dict[str, int]) -> str:
    numbers = {"rules": {"count": counts["rules"], "runs": counts["runs"]}, "glossary": {"count": counts["glossary"]}}
    return t(f"ref.page.{name}.text", **numbers.get(name, {}))


KINDS = {
    "fields": "field",
    "close-codes": "code",
    "opcodes": "opcode",
    "extensions": "parameter",
    "states": "state",
    "browser-api": "browser",
    "glossary": "term",
    "limits": "limit",
}


def entries() -> list[Entry]:
    """Everything that can be found."""
    found = [Entry("rule", rule.id, _said(rule), url_for("reference.rule", id=rule.id)) for rule in RULES.values()]
    for name, kind in KINDS.items():
        found += [entry for table in _tables(name) for entry in _rows(table, name, kind)]
    found += [
        Entry("lesson", lesson.title, lesson.goal, url_for("pages.learn", slug=slug))
        for slug, lesson in shelf().items()
    ]
    return found


def _said(rule: Rule) -> str:
    return " ".join((rule.text, rule.breach, rule.outcome, rule.group, rule.section))


def _rows(table: Table, name: str, kind: str) -> Iterator[Entry]:
    url = url_for("reference.page", name=name)
    for row in table.rows:
        title, *rest = row.cells
        text = " ".join([cell.text for cell in rest] + [rule for cell in rest for rule in cell.rules])
        yield Entry(kind, title.text, text, f"{url}#{row.id}")


def _tables(name: str) -> tuple[Table, ...]:
    if name == "limits":
        return limit_tables(the_hub().settings)
    return state_tables() if name == "states" else TABLES[name]()


@bp.get("/<name>")
def page(name: str) -> str:
    """One table, or several."""
    if name not in KINDS:
        abort(404)
    drawing = diagram() if name == "states" else None
    return render_template(
        "reference/table.html", active="reference", name=name, tables=_tables(name), drawing=drawing, here=TRANSITIONS
    )


# Rules.


@bp.get("/rules")
def rules() -> str:
    """All rules, by group; filtered by group, severity, side, and whether they can be run."""
    chosen = {name: request.args.get(name, "") for name in ("group", "severity", "side", "run")}
    shown = [rule for rule in RULES.values() if _wanted(rule, chosen)]
    groups = {group: [rule for rule in shown if rule.group == group] for group in GROUPS}
    return render_template(
        "reference/rules.html",
        active="reference",
        chosen=chosen,
        count=len(shown),
        groups={group: found for group, found in groups.items() if found},
        all_groups=GROUPS,
        sides=sorted({rule.binds for rule in RULES.values()}),
        runs={rule.id: ways(rule.id) for rule in shown},
    )


def _wanted(rule: Rule, chosen: dict[str, str]) -> bool:
    run = RUNS.get(chosen["run"])
    return (
        chosen["group"] in ("", rule.group)
        and chosen["severity"] in ("", rule.severity or "none")
        and chosen["side"] in ("", rule.binds)
        and (run is None or run([way.name for way in ways(rule.id)]))
    )


def known(id: str) -> Rule:
    """The rule of that name, or 404."""
    if id not in RULES:
        abort(404, t("error.no-rule"))
    return RULES[id]


@bp.get("/rules/<id>")
def rule(id: str) -> str:
    """One rule; `seq` chooses an event of its example, `field` what is marked."""
    found = known(id)
    return render_template(
        "reference/rule.html",
        active="reference",
        rule=found,
        facts=rulepage.facts(found),
        seen=rulepage.seen_by(found),
        related=rulepage.related(found),
        lessons=rulepage.lessons_of(id, _played),
        ways=ways(id),
        why=why_not(id),
        case=programs.CASES.get(id, ""),
        reactions=programs.REACTIONS.get(id, ()),
        versions=programs.VERSIONS,
        roles=programs.ROLES,
        example=example(id),
        **_conversation(example(id)),
    )


@cache
def _all_played() -> tuple[tuple[Any, list[Event]], ...]:
    return tuple((recorded(slug).lesson, recorded(slug).events) for slug in shelf())


def _played() -> tuple[tuple[Any, list[Event]], ...]:
    return _all_played()


def _conversation(found: Example | None) -> dict[str, Any]:
    """The example as the ladder and the explanation of one event draw it."""
    if found is None:
        return {"x": None}
    event = _event(found, request.args.get("seq", type=int))
    rows = rungs.rungs_of(list(told(found.rule)), lambda _: found.main)
    return {
        "rungs": rows,
        "seq": event.seq,
        "lesson": True,
        "state": event.state["client"].lower(),
        "protocols": replay.protocols(found),
        **_scene(found, event, request.args.get("field", "")),
    }


def _event(found: Example, seq: int | None) -> Event:
    chosen = worth_seeing(found.rule) if seq is None else next((e for e in told(found.rule) if e.seq == seq), None)
    if chosen is None:
        abort(404, t("error.no-event"))
    return chosen


def _scene(found: Example, event: Event, field: str) -> dict[str, Any]:
    more = request.args.get("more", "")
    at = int(more) if more.isdecimal() and len(more) < 10 else None
    explanation = explain(event, found.main)
    composed = scene.compose(explanation, chosen=field, at=at, expand=more == "all")
    return {"x": composed, "summary": summary(event, found.main)}


def _shown(id: str) -> Example:
    found = example(known(id).id)
    if found is None:
        abort(404, t("error.no-event"))
    return found


@bp.get("/rules/<id>/events")
def events(id: str) -> Response:
    """The events of a rule's example."""
    found = _shown(id)
    return jsonify(events=[event_json(event, found.main) for event in told(id)])


@bp.get("/rules/<id>/explain")
def explain_event(id: str) -> ResponseReturnValue:
    """One event of a rule's example as a fragment."""
    found = _shown(id)
    event = _event(found, request.args.get("seq", -1, type=int))
    return render_template("parts/explain.html", **_scene(found, event, ""))
