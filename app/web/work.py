"""Where long work of a request is done: in one of the few workers, with a time limit, or 503."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from werkzeug.exceptions import ServiceUnavailable

from app.live.workers import Busy
from app.web.safety import the_hub

RETRY_SECONDS = 2

T = TypeVar("T")


def bounded(long: bool, work: Callable[[], T]) -> T:
    """What the work returns; `long` work waits for a worker. It must not need the request."""
    if not long:
        return work()
    try:
        return the_hub().workers.run(work)
    except Busy as error:
        raise ServiceUnavailable(str(error), retry_after=RETRY_SECONDS) from None
