"""The write-ahead: everything typed in any room, committed in order, many edits at a time."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Protocol

from collab.rooms.ports import DamagedDocument, Record, RestoredDocument, Store, UnknownDocument

log = logging.getLogger(__name__)

HOPELESS = (UnknownDocument, DamagedDocument, RestoredDocument)
"""No retry mends these, and they are the fault of one document only."""

BATCH = 5_000
"""Most records in one commit; the rest waits for the next."""

FIRST_WAIT, LONGEST_WAIT = 0.05, 2.0
"""Seconds between tries when the store fails; doubled from the first to the longest."""


class Author(Protocol):
    """A room, as the journal needs it."""

    def committed(self, records: Sequence[Record]) -> None:
        """These records are durable now."""

    def fail(self, error: Exception) -> None:
        """This document cannot be stored any more, for a reason that no retry mends."""


class Journal:
    """Takes records without waiting and commits them as one transaction after the other.

    While a commit runs, whatever comes in gathers for the next: a lone edit is not delayed,
    and many edits share the cost. A failed commit is tried again, in order, until it succeeds.
    """

    def __init__(self, store: Store, on_trouble: Callable[[bool], None]) -> None:
        self._store = store
        self._on_trouble = on_trouble
        self._queue: deque[tuple[Author, Record]] = deque()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._task: asyncio.Task[None] | None = None
        self.commits = 0
        self.records = 0
        self.failing = False

    def start(self) -> None:
        """Begin to write. Needs a running event loop."""
        self._task = asyncio.create_task(self._run(), name='journal')

    def record(self, room: Author, record: Record) -> None:
        """Take a record in; the room hears of it when it is durable."""
        self._queue.append((room, record))
        self._idle.clear()
        self._wake.set()

    async def flush(self) -> None:
        """Return when everything recorded so far is durable."""
        await self._idle.wait()

    async def stop(self, seconds: float) -> bool:
        """Write what waits, for at most so many seconds, and end. False if something stayed unwritten."""
        try:
            await asyncio.wait_for(self.flush(), seconds)
        except TimeoutError:
            log.error('The store did not take the last %d edits in time.', len(self._queue))
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        return self._idle.is_set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                batch = list(islice(self._queue, BATCH))
                await self._commit(batch)
                for _ in batch:
                    self._queue.popleft()
            self._idle.set()

    async def _commit(self, batch: list[tuple[Author, Record]]) -> None:
        try:
            await self._append(batch)
        except HOPELESS as error:
            await self._apart(batch, error)
        else:
            self.commits += 1
            self.records += len(batch)
            for room, records in _by_room(batch).items():
                self._tell_room(room, records)

    @staticmethod
    def _tell_room(room: Author, records: Sequence[Record]) -> None:
        try:
            room.committed(records)
        except Exception:
            log.exception('A room could not show what was stored; its readers catch up when they ask again.')

    async def _apart(self, batch: list[tuple[Author, Record]], error: Exception) -> None:
        """One document is at fault; the others must not suffer for it."""
        rooms = _by_room(batch)
        if len(rooms) == 1:
            for room in rooms:
                log.error('A document can no longer be stored: %s', error)
                room.fail(error)
            return
        for room, records in rooms.items():
            await self._commit([(room, record) for record in records])

    async def _append(self, batch: list[tuple[Author, Record]]) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                await self._store.append([record for _, record in batch])
            except HOPELESS:
                raise
            except Exception as error:
                log.warning('The store failed (%s); trying again in %.2f s.', error, wait)
                self._tell(failing=True)
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)
            else:
                self._tell(failing=False)
                return

    def _tell(self, *, failing: bool) -> None:
        if failing != self.failing:
            self.failing = failing
            self._on_trouble(failing)


def _by_room(batch: list[tuple[Author, Record]]) -> dict[Author, list[Record]]:
    rooms: dict[Author, list[Record]] = {}
    for room, record in batch:
        rooms.setdefault(room, []).append(record)
    return rooms
