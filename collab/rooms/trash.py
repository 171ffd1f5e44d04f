"""Empties the trash: what has been in it for thirty days is deleted for good, a little at a time."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from collab.rooms.ports import Store

log = logging.getLogger(__name__)

KEPT_DAYS = 30
KEPT = KEPT_DAYS * 86_400_000
"""Milliseconds that a document stays in the trash."""
LOOK_EVERY = 3_600.0
PAUSE = 0.05
"""Seconds between steps, in which whoever types comes first."""


class Emptying:
    """Deletes what is due. `run` it once; `now` is the time in milliseconds."""

    def __init__(self, store: Store, now: Callable[[], int]) -> None:
        self._store = store
        self._now = now
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Something was discarded."""
        self._asked.set()

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            self._asked.clear()
            try:
                await self.empty()
            except Exception as error:
                log.warning('The trash could not be emptied: %r', error)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._asked.wait()

    async def empty(self) -> None:
        """Delete all that is due."""
        while await self._store.purge(max(1, self._now() - KEPT)):  # noqa: ASYNC110 (work, not a look)
            await asyncio.sleep(PAUSE)
