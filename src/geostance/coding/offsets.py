"""Offsets of characters, and of the UTF-16 units in which Java and pages count."""


def to_utf16(text: str, offset: int) -> int:
    """Return how many UTF-16 units come before a character."""
    return len(text[:offset].encode("utf-16-le", "surrogatepass")) // 2


def from_utf16(text: str, offset: int) -> int:
    """Return how many characters come before a UTF-16 unit."""
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * offset]
    return len(units.decode("utf-16-le", "ignore"))


def spans_evidence(text: str, spans: list[tuple[int, int]]) -> list[dict[str, int | str]]:
    """Return places of a text as an annotation file keeps them; those outside it are left out."""
    return [
        {"start": start, "end": end, "text": text[start:end]}
        for start, end in sorted(set(spans))
        if 0 <= start < end <= len(text)
    ]
