"""What every page says: its frame, its errors, its dialogs."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "app.name": "Socketscope",
    "app.title": "Socketscope: see every bit of a WebSocket conversation",
    "skip": "Skip to content",
    "nav.label": "Main",
    "nav.learn": "Learn",
    "nav.inspect": "Diagnose",
    "nav.compare": "Compare",
    "nav.reference": "Reference",
    "theme.dark": "Dark theme",
    "error.title": "{status} · Socketscope",
    "error.404": "There is no page at this address.",
    "error.other": "Something went wrong on this server; what you were doing has not been changed.",
    "error.home": "Go to the start page",
    "error.no-lesson": "There is no lesson of that name.",
    "error.no-event": "This conversation has no such event.",
    "error.no-session": (
        "There is no session of that name. It may have ended; sessions are forgotten ten idle minutes "
        "after their last close."
    ),
    "error.bad-name": "A session name is 1 to 64 of a-z, 0-9 and -, and begins with a letter or digit.",
    "error.no-task": "This lesson has no task of that name.",
    "keys.title": "Keys",
    "keys.step": "next and previous step",
    "keys.ends": "first and last step",
    "keys.hold": "hold each message, or let everything run",
    "keys.goto": "go to a byte",
    "keys.panes": "go to the lesson, the conversation, the bits",
    "keys.grid": "move between bits or bytes, in their grids",
    "keys.choose": "choose a bit or byte; unchoose",
    "keys.help": "this list",
    "keys.letters": "Keys that print a character work as shortcuts",
    "keys.close": "Close",
    "goto.label": "Go to byte",
    "goto.go": "Go",
    "goto.hint": "0 or 0x0",
}
