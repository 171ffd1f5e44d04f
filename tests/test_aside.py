"""Work that nobody waits for leaves the processor to the others, a few pieces of it at a time."""

import asyncio
import os
import sys
import threading

import pytest

from collab.aside import NICENESS, THREADS, aside
from tests.support.rooms import becomes


def urgency() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != 'linux', reason='only Linux has threads that are less urgent than others')
async def test_it_is_less_urgent_than_everything_else() -> None:
    before = urgency()

    assert await aside(urgency) == min(before + NICENESS, 19)
    assert await asyncio.to_thread(urgency) == urgency() == before


async def test_it_returns_and_raises_what_the_work_does() -> None:
    assert await aside(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await aside(divmod, 7, 0)


async def test_few_are_at_work_at_a_time() -> None:
    """A thousand documents that close at once do not make a thousand threads."""
    at_work, most, lock = 0, 0, threading.Lock()
    enough = threading.Semaphore(0)

    def work() -> None:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        enough.acquire()
        with lock:
            at_work -= 1

    tasks = [asyncio.create_task(aside(work)) for _ in range(10 * THREADS)]
    await becomes(lambda: most >= THREADS)
    enough.release(len(tasks))
    await asyncio.gather(*tasks)

    assert most == THREADS
