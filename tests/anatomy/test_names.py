"""What fields are called, and their colours."""

from typing import get_args

import pytest

from app.anatomy.names import HEADERS, Family, family, label


class TestFamily:
    @pytest.mark.parametrize(
        ("name", "wanted"),
        [("fin", "flag"), ("rsv1", "comp"), ("opcode", "op"), ("mask", "mask"), ("len64", "len"), ("key", "key")]
        + [("payload", "data"), ("close.code", "close"), ("req.key", "http"), ("res.x-anything", "http")],
    )
    def test_families(self, name: str, wanted: Family) -> None:
        assert family(name) == wanted
        assert wanted in get_args(Family)


class TestLabel:
    @pytest.mark.parametrize(
        ("name", "wanted"),
        [
            ("fin", "FIN"),
            ("len7", "length"),
            ("close.reason", "reason"),
            ("req.key", "Sec-WebSocket-Key"),
            ("req.key.value", "Sec-WebSocket-Key value"),
            ("res.status", "status"),
            ("req.user-agent", "User-Agent"),
            ("res.header.line", "Header.Line"),
        ],
    )
    def test_labels(self, name: str, wanted: str) -> None:
        assert label(name) == wanted

    @pytest.mark.parametrize("short", HEADERS.values())
    def test_every_shortened_header_has_its_full_name_on_screen(self, short: str) -> None:
        assert label(f"req.{short}").startswith("Sec-WebSocket-") or label(f"res.{short}").startswith("Sec-WebSocket-")
