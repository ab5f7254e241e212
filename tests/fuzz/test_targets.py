"""Every input that the fuzzer kept still holds; `make fuzz` finds new ones."""

from __future__ import annotations

import pytest

from tests.fuzz.__main__ import read
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus(name: str) -> None:
    inputs = read(name)
    assert inputs, f"no corpus for {name}"
    for data in inputs:
        TARGETS[name](data)
