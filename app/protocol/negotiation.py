"""Whether an accepted extension keeps to what was offered (RFC 6455 section 9.1, RFC 7692 sections 5 and 7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from app.protocol.extensions import NAME, Extension, Param, ParamFault, check_params, window_bits

USES_RSV1 = frozenset({NAME, "deflate-frame", "x-webkit-deflate-frame", "permessage-bzip2", "permessage-lz4"})
"""Extensions that give RSV1 a meaning: registered, or seen in the wild."""
PER_FRAME = frozenset({"mux", "x-google-mux", "deflate-frame", "x-webkit-deflate-frame"})
"""Extensions that work on single frames, so that none may rebuild the messages behind them."""
ADVISED_BITS = 10


class Flaw(NamedTuple):
    """A rule that an accepted element breaks, the part of it that does (a place in the header's value), and how."""

    rule: str
    part: Extension | Param | ParamFault
    note: str


def judge(element: Extension, before: list[Extension], offers: list[Extension] | None) -> Iterator[Flaw]:
    """What is wrong with one accepted element, behind those accepted `before`; `offers` None when nobody knows them."""
    if offers is not None and all(offer.name != element.name for offer in offers):
        rule = "pmd.unoffered" if element.name == NAME else "res.ext.subset"
        yield Flaw(rule, element, f"{element.name} was not offered")
    elif element.name == NAME:
        yield from _deflate(element, [offer for offer in offers if offer.name == NAME] if offers else [])
    yield from _beside(element, [other.name for other in before])


def _beside(element: Extension, before: list[str]) -> Iterator[Flaw]:
    if element.name == NAME and NAME in before:
        yield Flaw("pmd.accept", element, f"a second {NAME}")
    elif element.name in USES_RSV1 and (rivals := [name for name in before if name in USES_RSV1]):
        yield Flaw("pmd.rsv1-conflict", element, f"{rivals[0]} uses RSV1 as well")
    elif element.name == NAME and (inner := [name for name in before if name in PER_FRAME]):
        yield Flaw("pmd.stack-conflict", element, f"behind {inner[0]}, which works on single frames")


def _deflate(element: Extension, mine: list[Extension]) -> Iterator[Flaw]:
    for bad in check_params(element, response=True):
        yield Flaw(bad.rule, bad, bad.note)
    for param in element.params:
        bits = window_bits(param.value)
        if bits and bits < ADVISED_BITS:
            yield Flaw("pmd.window-advice", param, f"a window of {1 << bits} bytes")
    good = [offer for offer in mine if not check_params(offer, response=False)]
    if mine and not good:
        yield Flaw("pmd.offer.decline-if", element, "no offer could be accepted as it stood")
    for check in (_unasked, _forgetting, _window) if good else ():
        yield from check(element, good)


def _unasked(element: Extension, offers: list[Extension]) -> Iterator[Flaw]:
    if any(_param(offer, "client_max_window_bits") for offer in offers):
        return
    if param := _param(element, "client_max_window_bits"):
        yield Flaw("pmd.cmwb.unoffered", param, "the offer did not allow it")


def _forgetting(element: Extension, offers: list[Extension]) -> Iterator[Flaw]:
    asked = all(_param(offer, "server_no_context_takeover") for offer in offers)
    if asked and not _param(element, "server_no_context_takeover"):
        yield Flaw("pmd.snct", element, "server_no_context_takeover was asked for")


def _window(element: Extension, offers: list[Extension]) -> Iterator[Flaw]:
    asked = [_param(offer, "server_max_window_bits") for offer in offers]
    if not all(asked):
        return
    most = max(window_bits(param.value) or 0 for param in asked if param)
    given = _param(element, "server_max_window_bits")
    if given is None:
        yield Flaw("pmd.smwb.resp", element, "server_max_window_bits was asked for")
    elif (window_bits(given.value) or 0) > most:
        yield Flaw("pmd.smwb.resp", given, f"at most {most} was asked for")


def _param(element: Extension, name: str) -> Param | None:
    return next((param for param in element.params if param.name == name), None)
