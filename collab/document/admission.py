"""The gate: an edit from outside is let in only if it is sound, complete and the sender's own.

pycrdt trusts what it is given: forged bytes make it panic, take the process down, or keep a document that
nobody can read again. So nothing reaches it that did not pass here, and the gate itself never calls it.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from itertools import pairwise

from collab.document.protocol import MAX_CLOCK
from collab.document.update import (
    Deletion,
    Id,
    Incomplete,
    Limits,
    Reference,
    Refused,
    Section,
    decode,
    refuse,
)

__all__ = ['Admitted', 'Incomplete', 'Ledger', 'Limits', 'Refused']

LIMITS = Limits()
"""For updates from outside."""
UNLIMITED = Limits(*[2**62] * 6)
"""For what the document itself once admitted: together it may well be more than one update may bring."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """An update that may be merged, and what it adds."""

    writers: tuple[int, ...]
    """Client ids that bring new text; none in a mere deletion or a repetition."""
    news: tuple[Section, ...]
    """For Ledger.note: the new part, client by client."""
    deletions: tuple[Deletion, ...]
    """What it deletes, known deletions included."""
    sections_end: int = 0
    """Where in the update's bytes its deletions begin."""


@dataclass(slots=True)
class Ledger:
    """What a document holds, as far as an update can refer to it.

    Costs a few bytes for each client and for each character beyond U+FFFF that was ever written.
    """

    clocks: dict[int, int] = field(default_factory=dict)
    """Client id -> its next clock; clocks count UTF-16 units."""
    halves: 'dict[int, array[int]]' = field(default_factory=dict)
    """Client id -> ascending clocks that are second halves of surrogate pairs.

    Text that was deleted before the document was loaded has none here, and nothing to see that could be cut.
    """

    def admit(self, update: bytes, may_write: Callable[[int], bool], limits: Limits = LIMITS) -> Admitted:
        """Judge an update; changes nothing. `may_write` is asked once about each client id with new text.

        Raises Refused or Incomplete. The answer holds until the next `note`.
        """
        sections, deletions, sections_end = decode(update, limits)
        _check_joints(sections.values(), deletions, limits.copying)
        news = self._news(sections.values(), may_write)
        for section in sections.values():
            if section.references:
                # What is known already cannot build on what is new.
                self._check_references(section.references, news if section.client in news else {})
        for client, start, end in deletions:
            if end > self._end(client, news):
                raise Incomplete
            if self._cuts(client, start, news) or self._cuts(client, end, news):
                refuse('it deletes half a character')
        _check_parting(news.values(), deletions, self.clocks, limits.parting)
        if len(news) > 1:
            _check_order({section.client: self._waits(section, news) for section in news.values()})
        return Admitted(tuple(news), tuple(news.values()), tuple(deletions), sections_end)

    def note(self, admitted: Admitted) -> None:
        """Enter what was admitted, after it was merged. Raises ValueError if it was entered before."""
        for section in admitted.news:
            if self.clocks.get(section.client, 0) != section.start:
                raise ValueError('noted out of turn')
            self.clocks[section.client] = section.end
            if section.halves:
                self.halves.setdefault(section.client, array('I')).extend(section.halves)

    def load(self, update: bytes) -> Admitted:
        """Enter an update of the document's own: a snapshot, a row of its log, an edit by the server.

        Any client id may write and no limits hold. Raises Refused or Incomplete if it is damaged.
        """
        admitted = self.admit(update, anybody, UNLIMITED)
        self.note(admitted)
        return admitted

    def _news(self, sections: Iterable[Section], may_write: Callable[[int], bool]) -> dict[int, Section]:
        news: dict[int, Section] = {}
        for section in sections:
            client, start, end = section[:3]
            known = self.clocks.get(client, 0)
            if end <= known:
                continue
            # No gaps, no overlaps: yrs and Yjs disagree about overlaps; the answer to step 1 has none.
            if start != known:
                raise Incomplete
            if not may_write(client):
                raise Refused('foreign', 'This change is written in the name of somebody else.')
            news[client] = section
        return news

    def _end(self, client: int, news: Mapping[int, Section]) -> int:
        section = news.get(client)
        return self.clocks.get(client, 0) if section is None else section.end

    def _check_references(self, references: Iterable[Reference], news: Mapping[int, Section]) -> None:
        for _clock, client, target, cut in references:
            if target >= self._end(client, news):
                raise Incomplete
            if self._cuts(client, cut, news):
                refuse('it parts a character')

    def _cuts(self, client: int, clock: int, news: Mapping[int, Section]) -> bool:
        """Whether parting the text of a client on the left of `clock` would part a surrogate pair."""
        section = news.get(client)
        if section is not None and _holds(section.halves, clock):
            return True
        halves = self.halves.get(client)
        return halves is not None and _holds(halves, clock)

    def _waits(self, section: Section, news: Mapping[int, Section]) -> list[Reference]:
        """The references of a section to what another section brings only now, by ascending clock."""
        own = section.client
        return [
            reference
            for reference in section.references
            if reference.client != own
            and reference.client in news
            and reference.target >= news[reference.client].start
        ]


def anybody(client: int) -> bool:
    """Leave to write for every client id: for what was admitted before."""
    return True


def _holds(ascending: 'array[int]', clock: int) -> bool:
    at = bisect_left(ascending, clock)
    return at < len(ascending) and ascending[at] == clock


def _check_joints(sections: Iterable[Section], deletions: Iterable[Deletion], most: int) -> None:
    """Refuse an update of very many strings that pycrdt would join into one.

    It joins from the end backwards and copies all behind each joint: 200 kB of single emoji take 870 MB.
    """
    if _copied(sections, frozenset()) > most and _copied(sections, _parted(sections, deletions)) > most:
        raise Refused('too-large', 'This change consists of too many small pieces.')


def _copied(sections: Iterable[Section], parted: Set[Id]) -> int:
    total = 0
    for section in sections:
        run = behind = 0
        for clock, end, size in section.joints:
            if (section.client, clock) not in parted:
                run = run + 1 if clock == behind else 1
                behind = end
                total += run * size
    return total


def _parted(sections: Iterable[Section], deletions: Iterable[Deletion]) -> Set[Id]:
    """Where strings stay apart for sure: something was put just between, or only one side was deleted."""
    parted = {(client, clock) for client, start, end in deletions for clock in (start, end)}
    for section in sections:
        for left, right in pairwise(section.references):
            if left.clock == right.clock and left.client == right.client and left.cut == right.cut:
                parted.add((left.client, left.cut))
    return parted


def _check_parting(
    news: Iterable[Section], deletions: Iterable[Deletion], clocks: Mapping[int, int], most: int
) -> None:
    """Refuse to put things into a very long string in very many places: all behind such a place is copied.

    Where one of the update's own deletions parts the string already, nothing is (see deletions.py). How long
    a string is nobody knows, but it ends where its client's text does.
    """
    if _behind(news, clocks, frozenset()) > most:
        parted = {(client, clock) for client, start, end in deletions for clock in (start, end)}
        if _behind(news, clocks, parted) > most:
            raise Refused('too-large', 'This change puts text into too many places of a long text at once.')


def _behind(news: Iterable[Section], clocks: Mapping[int, int], parted: Set[Id]) -> int:
    total = 0
    for section in news:
        before = -1
        for _clock, client, _target, cut in section.references:
            if cut != before and (client, cut) not in parted:
                total += max(0, clocks.get(client, 0) - cut)
            before = cut
    return total


def _check_order(waits: Mapping[int, list[Reference]]) -> None:
    """Refuse sections that wait for each other in a circle.

    Each client's structs merge in order of their clocks, so a section can go on once the one it waits for has
    come past the target. Follows each wait at most once: linear, and no recursion for an update to make deep.
    """
    met = dict.fromkeys(waits, 0)

    def pending(client: int, upto: int) -> Reference | None:
        rest = waits[client]
        at = met[client]
        return rest[at] if at < len(rest) and rest[at].clock <= upto else None

    for first in waits:
        path = {first: MAX_CLOCK}
        while path:
            client, upto = next(reversed(path.items()))
            wait = pending(client, upto)
            if wait is None:
                del path[client]
            elif pending(wait.client, wait.target) is None:
                met[client] += 1
            elif wait.client in path:
                refuse('its parts wait for each other')
            else:
                path[wait.client] = wait.target
