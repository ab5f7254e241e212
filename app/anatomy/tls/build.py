"""Making fields out of bytes that stand one after the other."""

from __future__ import annotations

from app.anatomy.field import Field, raw_of

RECORD, HELLO, ALERT, AEAD = "8446 5.1", "8446 4.1", "8446 6", "8446 5.2"


class Pen:
    """Draws fields over `data`, byte after byte; `at` is the next byte. Nothing is drawn beyond the end."""

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        self.data = data
        self.at = at
        self.end = len(data) if end is None else min(end, len(data))
        self.fields: list[Field] = []

    @property
    def left(self) -> int:
        """Bytes that no field covers yet."""
        return self.end - self.at

    def peek(self, size: int, skip: int = 0) -> int:
        """The number that the next bytes hold."""
        return int.from_bytes(self.data[self.at + skip : min(self.at + skip + size, self.end)], "big")

    def draw(
        self, name: str, size: int, value: str, meaning: str, section: str, children: tuple[Field, ...] = ()
    ) -> None:
        """A field of the next `size` bytes, or of what is left of them; none when nothing is left."""
        size = min(size, self.left)
        if size > 0:
            start, bits = self.at * 8, size * 8
            raw = raw_of(self.data, start, bits)
            self.fields.append(Field(name, start, bits, raw, value, meaning, section, (), children))
            self.at += size

    def inside(self, skip: int, size: int) -> Pen:
        """A pen for part of what comes next."""
        start = min(self.at + skip, self.end)
        return Pen(self.data, start, min(start + size, self.end))


def plural(count: int, what: str = "byte") -> str:
    """A count with its word."""
    return f"{count} {what}{'' if count == 1 else 's'}"
