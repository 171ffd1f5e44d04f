"""Work that nobody waits for, done in threads that leave the processor to whoever types."""

import asyncio
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import TypeVar, TypeVarTuple

Given = TypeVarTuple('Given')
Result = TypeVar('Result')

THREADS = 2
"""More would only be in each other's way. They stay until the process ends."""
NICENESS = 5
"""So much less urgent they are (nice(2)): beside an event loop that wants all of a core they get a quarter of
it. With more, one that has Python's lock could wait long for a core, and everybody with it for the lock."""


async def aside(work: Callable[[*Given], Result], *args: *Given) -> Result:
    """What `work` returns or raises, called in another thread when one is free. It can be cancelled
    until it begins. Others wait as well who want a lock that is held meanwhile.
    """
    return await asyncio.get_running_loop().run_in_executor(_threads(), work, *args)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, 'aside', _step_back)


def _step_back() -> None:
    if sys.platform == 'linux':  # elsewhere this would be said of the whole process
        with suppress(OSError):  # forbidden: then it is as urgent as everything else
            os.nice(NICENESS)
