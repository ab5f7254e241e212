"""The limits of the engine."""

from dataclasses import FrozenInstanceError, astuple

import pytest

from app.protocol.limits import Limits


class TestLimits:
    """RFC 6455 10.4: an implementation has limits."""

    def test_every_one_is_finite_and_lets_ordinary_traffic_pass(self) -> None:
        assert all(1_000 < limit < 2**32 for limit in astuple(Limits()))

    def test_cannot_be_changed_behind_the_back_of_a_connection(self) -> None:
        with pytest.raises(FrozenInstanceError):
            Limits().frame = 1  # type: ignore[misc]
