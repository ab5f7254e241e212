"""A conversation as one HTML file that needs nothing else: every unit as a figure, its fields, what is broken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from app.anatomy import Explanation, explain, label
from app.anatomy.text import escape as visible
from app.exporters.svg import figure
from app.protocol.events import Event
from app.trace import Trace

MOST = 200
"""Units of one file; it says where it stops."""

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #15171c;
  background: #fff; }}
h1 {{ font-size: 1.6rem; }} h2 {{ font-size: 1.15rem; margin: 2.5rem 0 .3rem; }}
p {{ margin: .3rem 0; color: #454a55; }} svg {{ max-width: 100%; height: auto; }}
table {{ border-collapse: collapse; width: 100%; font-size: .85rem; }}
td, th {{ text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #e3e0d9; vertical-align: baseline;
  overflow-wrap: anywhere; }}
.bad {{ color: #b3121d; font-weight: 600; }} code {{ font-family: ui-monospace, Menlo, Consolas, monospace; }}
</style></head><body>
<h1>{title}</h1>
"""


def write_page(title: str, notes: Iterable[str], trace: Trace, events: Iterable[Event]) -> Iterator[str]:
    """The file, piece by piece. Text from the wire is escaped."""
    yield _HEAD.format(title=escape(visible(title)))
    yield from (f"<p>{escape(visible(note))}</p>\n" for note in notes)
    shown = 0
    for event in events:
        if event.kind == "violation" or event.space != "wire":
            continue
        if shown == MOST:
            yield f"<p>Only the first {MOST} units are shown.</p>\n"
            break
        shown += 1
        yield from _unit(explain(event, trace))
    yield "</body></html>\n"


def _unit(explanation: Explanation) -> Iterator[str]:
    event = explanation.event
    yield f"<h2>{escape(visible(explanation.title))}</h2>\n"
    yield f"<p>Byte {event.start // 8} of the {event.side}, {(event.end - event.start) // 8} bytes.</p>\n"
    for broken in explanation.violations:
        bad = ' class="bad"' if broken.severity == "error" else ""
        said = f"{visible(broken.text)} ({broken.rule}, {broken.section}). {broken.must}"
        yield f"<p{bad}>{escape(said)}</p>\n"
    if event.kind == "frame":
        yield figure(explanation)
    if explanation.wire.fields:
        yield "<table><thead><tr><th>Field</th><th>Value</th><th>Meaning</th></tr></thead><tbody>\n"
        for field in explanation.wire.fields:
            cells = (label(field.name), visible(field.value[:200]), field.meaning)
            yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>\n"
        yield "</tbody></table>\n"
