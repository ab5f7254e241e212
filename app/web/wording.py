"""The words of the pages that take bytes apart, by the short form of their keys."""

from __future__ import annotations

from app.words import t


def w(key: str, **values: object) -> str:
    """`t` for keys that begin with `insp.`."""
    return t("insp." + key, **values)
