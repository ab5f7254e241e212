"""One row of a dump: which of its words are bytes, and where its text column begins."""

from __future__ import annotations

from app.importers.kinds import TEXT_FOLLOWS, X1, Kind

LONGEST = 1024
"""A row of a dump is shorter; no pattern is tried on longer lines."""


WIDEST = 80
"""Words of a row behind which a text column is looked for."""


def words_of(kind: Kind, rest: str) -> tuple[list[str], list[int]]:
    """The words at the start of a row, and where each ends."""
    words, ends, pos = [], [], 0
    while match := kind.word.match(rest, pos):
        words.append(match[1])
        pos = match.end()
        ends.append(pos)
    return words, ends


def sizes_of(kind: Kind, words: list[str]) -> list[int]:
    """The bytes of each word."""
    return [kind.size or len(word) // 2 for word in words]


def join(kind: Kind, words: list[str]) -> bytes:
    """The bytes of words. Raises ValueError for a number that is too large."""
    return b"".join(map(kind.read, words))


def shows(data: bytes, text: str) -> bool:
    """Could this be the text column of these bytes? Printable bytes stand there as they are."""
    if len(text) == len(data) + 1 and text[8:9] == " ":
        text = text[:8] + text[9:]  # some leave a gap in the middle
    if len(text) > len(data):
        return False
    # Spaces at the end of a line get lost, and those at its beginning cannot be told from what fills the row.
    size = len(data)
    return any(
        all(not 32 < byte < 127 or char == chr(byte) for byte, char in zip(data, padded, strict=True))
        for padded in {text.ljust(size), text.rjust(size)}
    )


def take(kind: Kind, rest: str, size: int | None) -> bytes | None:
    """The bytes of a row, at most `size` of them where that is known; None when its words are no numbers of bytes.

    A text column may look like bytes too. What is known of the size decides, then whether the rest is the text of
    what comes before it, then a run of spaces.
    """
    words, ends = words_of(kind, rest)
    if not words:
        return None
    try:
        sizes = sizes_of(kind, words)
        if size is not None:
            count, have = 0, 0
            while count < len(words) and have < size:
                have += sizes[count]
                count += 1
            return join(kind, words[:count])[:size] if kind.size > 1 else join(kind, words[:count])
        if not rest[ends[-1] :].strip() and ("  " not in rest.strip() or kind.name not in TEXT_FOLLOWS):
            return join(kind, words)
        for count in range(min(len(words), WIDEST), 0, -1):
            data, text = join(kind, words[:count]), text_column(rest[ends[count - 1] :])
            if text and shows(data, text):
                return data
        return join(kind, words[: _before_spaces(rest, ends)])
    except ValueError:
        return None


def text_column(tail: str) -> str:
    """The text of a row without the marks around it."""
    text = tail.strip("\t\r\n")
    stripped = text.strip()
    if stripped[:1] == "|" and stripped[-1:] == "|" and len(stripped) > 1:
        return stripped[1:-1]
    if stripped[:1] == ">" and stripped[-1:] == "<" and len(stripped) > 1:
        return stripped[1:-1]
    return text.lstrip(" ") if text[:2] == "  " else text[1:]


def _before_spaces(rest: str, ends: list[int]) -> int:
    """How many words stand before the first wide run of spaces; one in the middle of 16 is only for the eye."""
    for count, end in enumerate(ends, 1):
        if rest[end : end + 2] == "  " and not (count == 8 and rest[end : end + 3] != "   " and len(ends) > 8):
            return count
    return len(ends)


def hex_row(rest: str, size: int | None = None) -> bytes | None:
    """The bytes of a row of hexadecimal pairs with an optional text column."""
    return take(X1, rest, size) if len(rest) <= LONGEST else None
