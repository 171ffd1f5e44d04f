"""The few places in which one text differs from another."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

EFFORT = 400_000_000
"""Most pairs of lines and of characters that are compared in all, about a tenth of a second during which
everybody waits; a stretch that would take more is replaced as one."""

ALIKE = 0.5
"""Least part of a stretch that must stay for its characters to be matched one by one."""


@dataclass(frozen=True, slots=True)
class Change:
    """Replace the characters start:end by `text`. Positions are code points of the text before any change."""

    start: int
    end: int
    text: str


def difference(old: str, new: str) -> tuple[Change, ...]:
    """Changes, in order and apart from each other, that make `new` of `old`: only what really differs.

    Common ends are taken off, then lines are matched by their longest common subsequence, then the
    characters of lines that changed.
    """
    start = _common_prefix(old, new)
    end = _common_suffix(old, new, start)
    return tuple(_Matching().lines(old[start : len(old) - end], new[start : len(new) - end], start))


def check(changes: Iterable[Change], text: str) -> None:
    """Raise ValueError unless these are changes of this text, in order, that part no character."""
    at = 0
    for change in changes:
        if not at <= change.start <= change.end <= len(text):
            raise ValueError(
                f'Positions go from 0 to {len(text)}, in order; got {change.start} to {change.end}.'
            )
        at = change.end
        try:
            change.text.encode()
        except UnicodeEncodeError:
            raise ValueError('The text holds half a character (a lone surrogate).') from None


def growth(changes: Sequence[Change], text: str) -> int:
    """How many bytes longer they would make this text. Raises ValueError as check() does."""
    check(changes, text)
    return sum(len(c.text.encode()) - len(text[c.start : c.end].encode()) for c in changes)


def from_the_end(changes: Sequence[Change], text: str) -> Iterator[tuple[int, int, str]]:
    """The same changes in bytes of UTF-8, last first, so that the positions of the others still hold."""
    end = len(text)
    behind = len(text.encode())
    for change in reversed(changes):
        behind -= len(text[change.end : end].encode())
        stop = behind
        behind -= len(text[change.start : change.end].encode())
        end = change.start
        yield behind, stop, change.text


class _Matching:
    """One comparison, which may take only so much effort."""

    def __init__(self) -> None:
        self._effort = EFFORT

    def lines(self, old: str, new: str, offset: int) -> Iterator[Change]:
        old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
        if not self._affords(len(old_lines) * len(new_lines)):
            yield Change(offset, offset + len(old), new)
            return
        starts = _starts(old_lines)
        for a, b, c, d in _hunks(old_lines, new_lines):
            yield from self.characters(''.join(old_lines[a:b]), ''.join(new_lines[c:d]), offset + starts[a])

    def characters(self, old: str, new: str, offset: int) -> Iterator[Change]:
        start = _common_prefix(old, new)
        end = _common_suffix(old, new, start)
        old, new, offset = old[start : len(old) - end], new[start : len(new) - end], offset + start
        hunks = _hunks(old, new) if self._affords(len(old) * len(new)) else []
        changed = max(sum(b - a for a, b, _, _ in hunks), sum(d - c for _, _, c, d in hunks))
        if not hunks or changed > (1 - ALIKE) * max(len(old), len(new)):
            hunks = [(0, len(old), 0, len(new))]
        for a, b, c, d in hunks:
            yield Change(offset + a, offset + b, new[c:d])

    def _affords(self, pairs: int) -> bool:
        affordable = pairs <= self._effort
        if affordable:
            self._effort -= pairs
        return affordable


def _hunks(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """What lies between the common pieces: old[a:b] gave way to new[c:d]."""
    hunks: list[tuple[int, int, int, int]] = []
    for piece in LCSseq.opcodes(old, new):
        if piece.tag == 'equal':
            continue
        hunk = (piece.src_start, piece.src_end, piece.dest_start, piece.dest_end)
        if hunks and (hunks[-1][1], hunks[-1][3]) == (hunk[0], hunk[2]):
            hunk = (hunks[-1][0], hunk[1], hunks.pop()[2], hunk[3])
        hunks.append(hunk)
    return hunks


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
