"""An accepted extension against what was offered."""

from __future__ import annotations

import pytest

from app.protocol import extensions, negotiation

PMD = extensions.NAME


def flaws(accepted: str, offered: str | None) -> list[str]:
    offers = extensions.parse(offered) if offered is not None else None
    elements = extensions.parse(accepted)
    return [flaw.rule for n, one in enumerate(elements) for flaw in negotiation.judge(one, elements[:n], offers)]


@pytest.mark.parametrize(
    ("accepted", "offered", "rules"),
    [
        (PMD, PMD, []),
        (PMD, None, []),
        (f"{PMD}; client_max_window_bits=12", None, []),
        (f"{PMD}; server_no_context_takeover", PMD, []),
        (f"{PMD}; server_max_window_bits=12", PMD, []),
        (PMD, f"{PMD}; server_max_window_bits=10, {PMD}", []),
        (PMD, f"{PMD}; level=9, {PMD}", []),
        (PMD, f"{PMD}; level=9", ["pmd.offer.decline-if"]),
        (PMD, "x-rot13", ["pmd.unoffered"]),
        ("x-rot13", PMD, ["res.ext.subset"]),
        (f"{PMD}, {PMD}", PMD, ["pmd.accept"]),
        (f"{PMD}; server_max_window_bits=9", PMD, ["pmd.window-advice"]),
        (f"deflate-frame, {PMD}", f"deflate-frame, {PMD}", ["pmd.rsv1-conflict"]),
        (f"mux, {PMD}", f"mux, {PMD}", ["pmd.stack-conflict"]),
        (f"{PMD}, mux", f"{PMD}, mux", []),
    ],
)
def test_what_an_answer_may_say(accepted: str, offered: str | None, rules: list[str]) -> None:
    assert flaws(accepted, offered) == rules
