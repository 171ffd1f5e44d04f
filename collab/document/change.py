"""The few places in which one text differs from another."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

LINE_PAIRS = 500_000
CHARACTER_PAIRS = 50_000
"""Most equal pairs of lines, of characters, that are weighed; a stretch with more is replaced as one,
because the matching takes time in proportion to them and everybody waits for it."""


@dataclass(frozen=True, slots=True)
class Change:
    """Replace the characters start:end by `text`. Positions are code points of the text before any change."""

    start: int
    end: int
    text: str


def difference(old: str, new: str) -> tuple[Change, ...]:
    """Changes, in order and apart from each other, that make `new` of `old`: only what really differs.

    Common ends are taken off, then lines are matched, then the characters of lines that changed
    (Ratcliff and Obershelp's matching, as the standard library's difflib has it).
    """
    start = _common_prefix(old, new)
    end = _common_suffix(old, new, start)
    middle, wanted = old[start : len(old) - end], new[start : len(new) - end]
    return tuple(_by_lines(middle, wanted, start))


def _by_lines(old: str, new: str, offset: int) -> Iterator[Change]:
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if _pairs([line for line in old_lines if not line.isspace()], new_lines) > LINE_PAIRS:
        yield Change(offset, offset + len(old), new)
        return
    starts = _starts(old_lines)
    for tag, a, b, c, d in SequenceMatcher(str.isspace, old_lines, new_lines, autojunk=False).get_opcodes():
        if tag != 'equal':
            yield from _by_characters(''.join(old_lines[a:b]), ''.join(new_lines[c:d]), offset + starts[a])


def _by_characters(old: str, new: str, offset: int) -> Iterator[Change]:
    if not old or not new or _pairs(old, new) > CHARACTER_PAIRS:
        if old or new:
            yield Change(offset, offset + len(old), new)
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != 'equal':
            yield Change(offset + a, offset + b, new[c:d])


def _pairs(old: Sequence[str], new: Sequence[str]) -> int:
    times = Counter(new)
    return sum(times[piece] for piece in old)


def _starts(lines: list[str]) -> list[int]:
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    return starts


def _common_prefix(old: str, new: str) -> int:
    """Length of the common beginning, found by halving so that the comparing is done in C."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if old[low:middle] == new[low:middle] else (low, middle - 1)
    return low


def _common_suffix(old: str, new: str, start: int) -> int:
    low, high = 0, min(len(old), len(new)) - start
    while low < high:
        middle = (low + high + 1) // 2
        same = old[len(old) - middle : len(old) - low] == new[len(new) - middle : len(new) - low]
        low, high = (middle, high) if same else (low, middle - 1)
    return low
