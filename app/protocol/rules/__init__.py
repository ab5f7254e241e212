"""The 192 requirements of RFC 6455 and RFC 7692, in the order in which a connection meets them."""

from collections.abc import Iterator

from app.protocol.rules import (
    address,
    closing,
    control,
    deflate,
    deflate_offer,
    frame,
    message,
    request,
    response,
)
from app.protocol.rules.rule import SEEN, Binds, Observe, Rule, Severity

__all__ = ["GROUPS", "RULES", "SEEN", "STRICT", "Binds", "Observe", "Rule", "Severity"]

_MODULES = (address, request, response, frame, message, control, closing, deflate_offer, deflate)


def _rules() -> Iterator[tuple[str, Rule]]:
    for module in _MODULES:
        for row in module.ROWS:
            yield row.id, row._replace(group=module.GROUP)


RULES: dict[str, Rule] = dict(_rules())
GROUPS: tuple[str, ...] = tuple(module.GROUP for module in _MODULES)

STRICT: frozenset[str] = frozenset({"cls.code.unused", "cls.code.unassigned"})
"""Warnings for which a strict endpoint fails the connection all the same."""
