"""How much one connection, and one person, may ask of the server, so that nobody spoils it for the others.

Whoever goes over a limit is slowed down, never cut off: the transport stops reading for a while, the network
makes the sender wait, and no edit is lost. Nothing a person does comes near a limit, and a program that is
alone on the server may have nearly all of it. Time comes in as an argument, in seconds of a clock that only
rises.
"""

from collections.abc import Callable
from typing import NamedTuple

from collab.rooms.unfinished import Unfinished


class Rate(NamedTuple):
    """So much a second, and so much at once after a pause."""

    per_second: float
    at_once: float


UPDATES = Rate(10_000, 40_000)
"""Edits of one person. A recorded session is replayed at some 6,000 a second; a person makes 60."""
BYTES = Rate(8_000_000, 64_000_000)
"""What one person sends. The longest document may come in six pieces over, before anything has to wait."""
QUESTIONS = Rate(10, 600)
"""How often one person comes in, or asks for the text, which is encoded for each. A tab that comes back does
both once: 300 may do so in the same moment."""
STRANGERS = Rate(100, 1_000)
"""The same of all programs without a session together. Each connection of theirs is a person of its own, so
what they send counts together too, or whoever comes anew for every frame would have no limit."""

CALM = Rate(0.03, 0.2)
"""Seconds of work a second that are still as a person writes: 60 edits take 0.006, a program's 100 take 0.01.
At once, some thousand edits of a macro are fine."""
AT_EASE = 0.05
"""Who is taken for a person may still make so many seconds of work at once. A machine may only after a pause
of two seconds: of two that take shorter turns, neither is made to yield to the other. After a paste that took
a fifth of a second, a person is taken for a machine for as long."""
SHARE_ALONE, SHARE_BESIDE = 0.8, 0.15
"""The part of the server's time that all busy connections together may have; less while people write."""
AT_ONCE = 0.005
"""Seconds of work of a busy connection between two pauses."""
MOST_DEBT = 0.01
"""Seconds of work that are remembered at most: after a huge paste the next key waits for 0.2 s, not ten."""
MEANWHILE = 1.0
"""For so many seconds after a frame, somebody counts as writing."""

STRANGER = ''
"""In whose name all programs without a session use what they may."""
MOST_LEFT = 100
"""Of so many strangers who are gone it is remembered what they did."""


class Bucket:
    """A token bucket that may run into debt: what was taken is paid for by waiting."""

    __slots__ = ('_at', '_most_debt', 'left', 'rate')

    def __init__(self, rate: Rate, now: float, most_debt: float = float('inf')) -> None:
        self.rate = rate
        self.left = rate.at_once
        """How much there was when something was taken last; less than nothing is a debt."""
        self._most_debt = most_debt
        self._at = now

    def take(self, amount: float, now: float) -> float:
        """Take so much out; how many seconds it takes until there is no debt."""
        per_second, at_once = self.rate
        level = min(at_once, self.left + (now - self._at) * per_second) - amount
        self.left = max(level, -self._most_debt)
        self._at = now
        return -self.left / per_second if self.left < 0 else 0.0

    def level(self, now: float) -> float:
        """How much could be taken now; less than nothing is a debt."""
        return min(self.rate.at_once, self.left + (now - self._at) * self.rate.per_second)

    def is_full(self, now: float) -> bool:
        """Nothing is known of it that a new one would not know."""
        return self.level(now) >= self.rate.at_once


class Purse:
    """What one person may use, over all of their connections. `seats` is how many those are."""

    __slots__ = ('buckets', 'seats')

    def __init__(self, now: float, questions: Rate = QUESTIONS) -> None:
        self.seats = 0
        self.buckets = (Bucket(UPDATES, now), Bucket(BYTES, now), Bucket(questions, now))

    def is_full(self, now: float) -> bool:
        """Nothing of what was used counts any more."""
        return all(bucket.is_full(now) for bucket in self.buckets)


class Effort:
    """The work that one connection made lately: as a person does, and as a machine."""

    __slots__ = ('calm', 'work')

    def __init__(self, now: float) -> None:
        self.calm = Bucket(CALM, now, MOST_DEBT)
        self.work = Bucket(Rate(SHARE_ALONE, AT_ONCE), now, MOST_DEBT)

    def is_forgotten(self, now: float) -> bool:
        """Nothing of it counts any more."""
        return self.calm.is_full(now) and self.work.is_full(now)


class Allowance:
    """What one connection may still use. Made by Allowances, and given back to them."""

    __slots__ = ('_shared', 'effort', 'person')

    def __init__(self, shared: 'Allowances', person: str, effort: Effort) -> None:
        self.person = person
        self.effort = effort
        self._shared = shared

    def used(self, began: float, size: int, *, question: bool) -> float:
        """A frame of `size` bytes was worked on since `began`; for how many seconds no more is to be read."""
        shared = self._shared
        now = shared.clock()
        updates, volume, questions = shared.purses[self.person].buckets
        wait = max(updates.take(1, now), volume.take(size, now))
        if question:
            wait = max(wait, questions.take(1, now))
        return max(wait, self.worked(began))

    def worked(self, began: float) -> float:
        """The server has been working for it since `began`; for how many seconds no more is to be read."""
        shared, effort = self._shared, self.effort
        now = shared.clock()
        if effort.calm.take(now - began, now) == 0.0:
            shared.busy.pop(self, None)
            if effort.calm.left >= AT_EASE:
                shared.somebody_wrote = now
            return 0.0
        effort.work.rate = Rate(shared.share(self, now), AT_ONCE)
        return effort.work.take(now - began, now)


class Allowances:
    """The allowances of everybody on this server. Of who is gone it forgets all that can be forgotten."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.purses: dict[str, Purse] = {}
        self.busy: dict[Allowance, float] = {}
        """Connections that work like a machine, and when they last did."""
        self.somebody_wrote = -MEANWHILE
        """When somebody last wrote as people do."""
        self.unfinished = Unfinished()
        self.purses[STRANGER] = self._strangers = Purse(clock(), STRANGERS)
        self._left: list[Effort] = []
        """What strangers did who are gone: the next ones go on with it, who may be the same."""
        self._gone: dict[str, None] = {}

    def seat(self, person: str, *, known: bool) -> Allowance:
        """The allowance of a new connection; `known` says whether the person has a session."""
        now = self.clock()
        if not known:
            return Allowance(self, STRANGER, self._inherited(now))
        purse = self._purse(person, now)
        purse.seats += 1
        self._gone.pop(person, None)
        return Allowance(self, person, Effort(now))

    def knock(self, person: str | None) -> float:
        """Somebody is at the door (None: a program without a session); how many seconds to let them wait."""
        now = self.clock()
        if person is None:
            return self._strangers.buckets[2].take(1, now)
        purse = self._purse(person, now)
        if purse.seats == 0:  # perhaps none will be taken
            self._gone.setdefault(person)
            self._forget()
        return purse.buckets[2].take(1, now)

    def unseat(self, allowance: Allowance) -> None:
        """The connection is gone."""
        self.busy.pop(allowance, None)
        if allowance.person == STRANGER:
            self._left = [*self._left[1 - MOST_LEFT :], allowance.effort]
            return
        purse = self.purses[allowance.person]
        purse.seats -= 1
        if purse.seats == 0:
            self._gone[allowance.person] = None
        self._forget()

    def share(self, who: Allowance, now: float) -> float:
        """The part of the server's time that this busy connection may have."""
        self.busy[who] = now
        for other in [other for other, at in self.busy.items() if at < now - MEANWHILE]:
            del self.busy[other]
        beside = now - self.somebody_wrote < MEANWHILE
        return (SHARE_BESIDE if beside else SHARE_ALONE) / len(self.busy)

    def _inherited(self, now: float) -> Effort:
        """The effort of a new stranger: the greatest that another one left behind."""
        self._left = [effort for effort in self._left if not effort.is_forgotten(now)]
        if not self._left:
            return Effort(now)
        greatest = min(self._left, key=lambda effort: effort.calm.level(now))
        self._left.remove(greatest)
        return greatest

    def _purse(self, person: str, now: float) -> Purse:
        purse = self.purses.get(person)
        if purse is None:
            purse = self.purses[person] = Purse(now)
        return purse

    def _forget(self) -> None:
        """Those who left first, as soon as nothing of what they used counts any more."""
        now = self.clock()
        for person in list(self._gone)[:2]:
            if self.purses[person].is_full(now):
                del self.purses[person], self._gone[person]
