"""What the tests of the lab share: a lab on loopback, closed again with every thread it had."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from app.lab.lab import Lab


@pytest.fixture
def lab() -> Iterator[Lab]:
    before = set(threading.enumerate())
    made = Lab()
    yield made
    made.close()
    left = [thread for thread in threading.enumerate() if thread.name.startswith("lab ") and thread not in before]
    for thread in left:
        thread.join(5)
    assert not [thread.name for thread in left if thread.is_alive()]
