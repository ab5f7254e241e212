"""Two ways to be a receiver: what the RFC wants, and what a browser lets pass.

The browser profile was measured with Chromium 156 as the client: it takes close codes that are not in use, and an
answer in HTTP/1.0, without a word; and it ends a broken connection with 1002, bad UTF-8 included. Two things that it
does are not told here: a length that it cannot hold ends TCP without a Close frame, and an answer whose lines end in a
line feed alone is taken.
"""

from __future__ import annotations

from typing import NamedTuple

from app.protocol.closing import PROTOCOL_ERROR
from app.protocol.rules import RULES, STRICT, Severity


class Profile(NamedTuple):
    """How severe a receiver takes each breach, and what it answers."""

    name: str
    severities: dict[str, Severity]
    """Rules that it judges otherwise than the table does."""
    fails: frozenset[str]
    """Rules of lower severity for which it fails the connection all the same."""
    one_code: int | None = None
    """The close code that it sends whatever the reason; None: the one that fits."""

    def severity(self, rule: str) -> Severity:
        """How severe a breach of the rule is to this receiver."""
        return self.severities.get(rule) or RULES[rule].severity or "note"

    def answer(self, rule: str) -> int | None:
        """The close code with which this receiver fails the connection; None when it goes on."""
        code = RULES[rule].close_code
        if code is None or (self.severity(rule) != "error" and rule not in self.fails):
            return None
        return self.one_code or code


STRICT_PROFILE = Profile("strict", {}, STRICT)
BROWSER_PROFILE = Profile(
    "browser",
    {"cls.code.unused": "note", "cls.code.unassigned": "note", "res.http11": "note"},
    frozenset(),
    PROTOCOL_ERROR,
)

PROFILES: dict[str, Profile] = {profile.name: profile for profile in (STRICT_PROFILE, BROWSER_PROFILE)}
"""Every profile, by name; `strict` is what everything uses unless told otherwise."""
