"""Words have keys, and unknown keys are a mistake."""

from __future__ import annotations

import pytest

from app.web.wording import w


def test_words_are_found_by_their_short_key() -> None:
    assert w("h1") == "Diagnose bytes"
    with pytest.raises(KeyError):
        w("no such key")
