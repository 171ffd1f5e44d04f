"""Knows whether the disk is so quick that a small commit is done sooner than handed to a thread.

A busy event loop has to come round four times for a thread to begin and to be heard of, and the two wait for
each other's turn: a third of the time that the slowest edits took to the others. But on a disk that is slow,
or gets slow, everybody would wait, so there commits are done in the thread. The last ones tell which it is.
"""

import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar('Result')

QUICK = 0.003
"""Seconds of a commit that nobody notices."""
ENOUGH = 30
"""So many quick ones in a row make the disk a quick one; one that is not makes it a slow one."""


class Haste:
    """Times commits; `is_quick` says whether the next one may be waited for where everybody waits."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._quick = 0

    @property
    def is_quick(self) -> bool:
        """The last commits were quick, all of them."""
        return self._quick >= ENOUGH

    def time(self, commit: Callable[[], Result]) -> Result:
        """Do it, and remember how long that took."""
        began = self._clock()
        try:
            return commit()
        finally:
            self._quick = self._quick + 1 if self._clock() - began <= QUICK else 0
