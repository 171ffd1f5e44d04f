"""Knows whether the disk is so quick that a small commit is done sooner than handed to a thread.

A busy event loop has to come round four times for a thread to begin and to be heard of, and the two wait for
each other's turn: a third of the time that the slowest edits took to the others. But on a disk that is slow,
or gets slow, everybody would wait, so there commits are done in the thread. The last ones tell which it is.
"""

import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar('Result')

QUICK = 0.002
"""Most seconds that a commit takes on a quick disk, on the average."""
WEIGHT = 1 / 16
"""How much the last commit counts in the average. Quick disks have a slow one now and then, 5 ms once a
second, and the ones after it must not go by the long way for that. Where the others take half a millisecond,
one of 20 is forgiven, and everybody has waited for it."""
UNKNOWN = 5 * QUICK
"""The average to begin with, and the most there is: some thirty quick ones show that the disk is quick."""


class Haste:
    """Times commits; `is_quick` says whether the next one may be waited for where everybody waits."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._average = UNKNOWN

    @property
    def is_quick(self) -> bool:
        """The last commits were quick, taken together."""
        return self._average <= QUICK

    def time(self, commit: Callable[[], Result]) -> Result:
        """Do it, and remember how long that took."""
        began = self._clock()
        try:
            return commit()
        finally:
            took = self._clock() - began
            self._average = min(UNKNOWN, self._average + (took - self._average) * WEIGHT)
