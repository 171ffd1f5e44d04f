"""Keeps what can be searched up to date, some seconds behind whoever types and never in their way."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from collab.aside import aside
from collab.document.broken import BrokenDocument
from collab.rooms.ports import Store
from collab.rooms.room import Room
from collab.rooms.shelf import Indexed, Lag
from collab.rooms.snapshots import text_of
from collab.rooms.watching import Happening

log = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds in which changes gather before the index looks at them."""
REST, SIGNS_PER_SECOND = 2.0, 100_000
"""Seconds for which a document that was just put into the index is left alone however much is typed in it,
and one more for each so many signs of its text: a huge one is looked at rarely. An empty one has no rest."""
LOOK_EVERY = 60.0
"""Seconds between looks when nothing happened here: another process may have restored a document."""
RETRY = 3.0
"""Seconds until it is tried again when the index could not be written."""
TOGETHER = 50
"""Documents that are put into the index at once."""
NEVER = -1
"""Number of no update."""
AT_HAND = 1_000_000
"""Bytes of the longest text that is taken from an open room: to build it takes a millisecond."""


class Indexing:
    """Asks the store what cannot be found as it is, and puts that into its index. `run` it once."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float],
        on_change: Callable[[], None] = lambda: None,
        pause: float = PAUSE,
        room: Callable[[str], Room | None] = lambda _: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._on_change = on_change
        self._pause = pause
        self._room = room
        self._asked = asyncio.Event()
        self._resting: dict[str, float] = {}
        """When each document may be looked at again."""

    def happened(self, happening: Happening) -> None:
        """Something changed in some document."""
        if happening not in (Happening.PEOPLE, Happening.INDEX):
            self._asked.set()

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            await asyncio.sleep(self._pause)
            self._asked.clear()
            wait = RETRY
            try:
                wait = await self.catch_up()
            except Exception as error:
                log.warning('What can be searched is not up to date: %r', error)
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._asked.wait()

    async def catch_up(self) -> float:
        """Put into the index what is due; for how many seconds nothing else will be."""
        now = self._clock()
        self._resting = {name: until for name, until in self._resting.items() if until > now}
        behind = await self._store.behind()
        due = [lag for lag in behind if lag.document_id not in self._resting]
        for start in range(0, len(due), TOGETHER):
            await self._put(due[start : start + TOGETHER])
        waiting = (self._resting[lag.document_id] for lag in behind if lag.document_id in self._resting)
        return max(0.0, min(LOOK_EVERY, *(until - now for until in waiting), LOOK_EVERY))

    async def _put(self, lags: Sequence[Lag]) -> None:
        began = self._clock()
        documents = [await self._read(lag) for lag in lags]
        await self._store.index(documents)
        self._on_change()
        now = self._clock()
        for document in documents:
            if document.text:
                rest = REST + len(document.text) / SIGNS_PER_SECOND
                self._resting[document.lag.document_id] = now + rest
        await asyncio.sleep(now - began)  # half of the time is for everybody else

    async def _read(self, lag: Lag) -> Indexed:
        try:
            if (here := self._here(lag)) is not None:
                await asyncio.sleep(0)  # each text is built in a turn of its own
                return here
            stored = await self._store.load(lag.document_id)
            now = Lag(lag.document_id, stored.info.title, stored.epoch, stored.seq)
            return Indexed(now, await aside(text_of, stored))
        except Exception as error:  # it can be found by its title at least, and is not read again and again
            log.warning('The text of %s cannot be searched: %s', lag.document_id, error)
            return Indexed(lag, '')

    def _here(self, lag: Lag) -> Indexed | None:
        """A document that is open, and not in another life by now: its log need not be read and proven."""
        room = self._room(lag.document_id)
        if room is None or room.epoch != lag.epoch or room.broken or room.closed:
            return None
        try:
            if room.document.length > AT_HAND:
                return None
            # What is not in the log may never be: it is looked at again.
            return Indexed(lag if room.is_durable() else replace(lag, seq=NEVER), room.text)
        except BrokenDocument:
            return None
