"""The `socketscope` command: serve the app, explain bytes, list the rules, check lessons."""

from __future__ import annotations

import argparse
import gc
import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from app.anatomy.ending import judge
from app.anatomy.text import escape
from app.exporters import endings
from app.exporters.text import annotate, severities, verdict
from app.exporters.tls import how_to_get_keys, sealed
from app.importers import IMPORTERS, Source, Unreadable, read
from app.importers.choose import about, around, only, time_of
from app.importers.fold import Folded, fold, lines
from app.importers.unseal import is_sealed, wants_keys
from app.protocol.profiles import PROFILES
from app.protocol.rules import RULES
from app.terminal import show
from app.trace import SIDES

CLEAN, BROKEN, UNREADABLE, INTERRUPTED, NO_READER = 0, 1, 2, 130, 141
"""Exit codes: nothing to report, a violation of severity error (or a faulty lesson), input or call that cannot be used,
Ctrl-C, and a reader of our output that went away (as shells count it)."""


class Refused(Exception):
    """Something the caller has to change; the text is one sentence for them."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that knows few letters is no reason to stop
    args = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = args.run
    try:
        code = run(args)
        sys.stdout.flush()
        return code
    except (Refused, Unreadable) as error:
        print(f"socketscope: {escape(str(error))}", file=sys.stderr)
        return UNREADABLE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python writes to stdout once more on its way out; it must not complain a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO_READER


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="socketscope", description="See every bit of a WebSocket conversation.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="serve the app (on 127.0.0.1:5000 unless told otherwise)")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    serve.add_argument("--port", default=5000, type=_port, help="the port to listen on; 0 takes a free one")
    serve.set_defaults(run=_serve)

    explain = commands.add_parser("explain", help="explain the bytes of a file, field by field")
    explain.add_argument("file", nargs="?", default="-", metavar="FILE", help="what to read; - is standard input")
    formats = "; ".join(f"{importer.name}: {importer.what}" for importer in IMPORTERS.values())
    explain.add_argument("--from", dest="format", choices=list(IMPORTERS), help=f"the format ({formats})")
    explain.add_argument("--side", choices=[*SIDES, "both"], default="both", help="who sent the bytes")
    profiles = "what counts as an error: what the RFC wants (strict), or only what a browser refuses (browser)"
    explain.add_argument("--profile", choices=list(PROFILES), default="strict", help=profiles)
    explain.add_argument("--keylog", metavar="FILE", help="TLS keys, as SSLKEYLOGFILE names them: decipher with them")
    explain.add_argument("--json", action="store_true", help="JSON Lines: the source, then one event a line")
    explain.add_argument("--fields", action="store_true", help="every field of every event")
    explain.add_argument(
        "--summary", action="store_true", help="only how each connection ended, the most abnormal ending first"
    )
    explain.add_argument("--connection", metavar="N", help="only connection N, as --summary counts them (from 0)")
    explain.add_argument(
        "--around", type=_time, metavar="TIME", help="only what happened around TIME, in seconds since the beginning"
    )
    explain.set_defaults(run=_explain)

    rules = commands.add_parser("rules", help="list the rules of RFC 6455 and RFC 7692")
    rules.add_argument("--json", action="store_true", help="one JSON array")
    rules.set_defaults(run=_rules)

    compare = commands.add_parser("compare", help="measure HTTP, SSE, WebSocket and WebRTC on this machine")
    compare.add_argument("--size", type=int, default=32, help="bytes in a message")
    compare.add_argument("--count", type=int, default=20, help="how many messages")
    compare.add_argument("--from", dest="sender", choices=SIDES, default="server", help="who sends them")
    compare.add_argument("--cookies", action="store_true", help="send a cookie along")
    compare.add_argument("--every", action="store_true", help="every variant, not only the main ones")
    compare.add_argument("--format", choices=["table", "json", "csv"], default="table", help="what to print")
    compare.set_defaults(run=_compare)

    lessons = commands.add_parser("lessons", help="work on lessons").add_subparsers(required=True, metavar="COMMAND")
    check = lessons.add_parser("check", help="check one lesson, or all that belong to the app")
    check.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a lesson, also outside the app")
    check.set_defaults(run=_check_lessons)
    return parser


def _port(text: str) -> int:
    port = int(text) if text.isdecimal() else -1
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: a port is a number from 0 to 65535")
    return port


def _time(text: str) -> int:
    try:
        return time_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _serve(args: argparse.Namespace) -> int:
    from app.live.serve import serve  # brings sockets and Flask along, which nothing else here needs

    serve(args.host, args.port)


def _explain(args: argparse.Namespace) -> int:
    gc.disable()  # everything is kept until the end; looking for garbage among it takes a quarter of the time
    try:
        return _explained(args)
    finally:
        gc.enable()


def _explained(args: argparse.Namespace) -> int:
    keylog = _input(args.keylog) if args.keylog else b""
    source = read(_input(args.file), args.format, None if args.side == "both" else args.side, keylog)
    if args.connection is not None:
        source = only(source, args.connection)
    folded = list(fold(source, PROFILES[args.profile]))
    found = severities(event for _, events in folded for event in events)
    if args.summary:
        _summarize(source, folded, args.json)
        return BROKEN if found["error"] else CLEAN
    if args.around is not None:
        folded = [(trace, around(events, args.around)) for trace, events in folded]
    if args.json:
        for line in lines(source, folded, fields=args.fields):
            print(line)
    else:
        show(_told(source, folded, args.fields))
        show([verdict(found)])
    return BROKEN if found["error"] else CLEAN


def _summarize(source: Source, folded: Folded, as_json: bool) -> None:
    told = [
        endings.Line(
            trace.connection,
            about(source, trace.connection),
            judge(trace, events) if source.knows(trace).what == "websocket" else None,
        )
        for trace, events in folded
    ]
    if as_json:
        for value in (source.about(), *endings.objects(told)):
            print(json.dumps(value))
    else:
        show([_read_line(source), *map(escape, source.assumptions), ""])
        show(endings.tell(told))


def _read_line(source: Source) -> str:
    ignored = f", {len(source.ignored_lines)} lines ignored" if source.ignored_lines else ""
    connections = f" in {len(source.traces)} connections" if len(source.traces) > 1 else ""
    return f"Read {source.bytes} bytes{connections} ({source.format}{ignored})."


def _told(source: Source, folded: Folded, fields: bool) -> Iterator[str]:
    yield _read_line(source)
    yield from map(escape, source.assumptions)
    yield ""
    for trace, events in folded:
        if len(folded) > 1 or source.knows(trace).client or source.knows(trace).target:
            yield f"# {escape(about(source, trace.connection))}"
        yield from sealed(trace, fields=fields) if is_sealed(trace) else ()
        yield from annotate(trace, events, fields=fields)
    if wants_keys(source):
        yield from how_to_get_keys()


def _input(name: str) -> bytes:
    try:
        if name != "-":
            return Path(name).read_bytes()
        if sys.stdin.isatty():
            print("Reading from the keyboard; end with Ctrl-D on a line of its own.", file=sys.stderr)
        return sys.stdin.buffer.read()
    except OSError as error:
        raise Refused(f"Cannot read {name}: {error.strerror or error}.") from None


def _rules(args: argparse.Namespace) -> int:
    if args.json:
        print("[\n" + ",\n".join(json.dumps(rule._asdict()) for rule in RULES.values()) + "\n]")
    else:
        show(f"{rule.id:24}  {rule.section:20}  {rule.level:17}  {rule.text}" for rule in RULES.values())
    return CLEAN


def _compare(args: argparse.Namespace) -> int:
    from app.lab.command import compare  # brings sockets and threads along, which nothing else here needs
    from app.lab.plan import Unclear, read_plan

    try:
        plan = read_plan({name: getattr(args, name) for name in ("size", "count", "sender", "cookies")})
        print(compare(plan, every=args.every, form=args.format))
    except Unclear as error:
        raise Refused(str(error).replace('"', "--", 1).replace('"', "", 1)) from None
    except OSError as error:
        raise Refused(f"Nothing can be measured here: {error}.") from None
    return CLEAN


def _check_lessons(args: argparse.Namespace) -> int:
    # Lessons bring the Markdown reader along, which nothing else here needs.
    from app.lessons import check

    problems = check(args.file)
    show(map(escape, problems))
    if not problems:
        show(["Nothing to mend."])
    return BROKEN if problems else CLEAN


if __name__ == "__main__":
    sys.exit(main())
