"""The write-ahead: everything typed in any room, committed in order, many edits at a time."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from collab.rooms.ports import DamagedDocument, Record, RestoredDocument, Store, UnknownDocument

log = logging.getLogger(__name__)

HOPELESS = (UnknownDocument, DamagedDocument, RestoredDocument)
"""No retry mends these, and they are the fault of one document only."""

UNNOTICED, FULL_REST = 0.001, 0.005
SHARE, LEAST_SHARE = 2.0, 0.25
"""To show a commit to everybody may take UNNOTICED seconds. For each second more, SHARE seconds go by before
the next commit, up to FULL_REST seconds, but never less than LEAST_SHARE of what it took more. A room of a
hundred hardly ever waits. With hundreds of readers each gets fewer and larger frames, which cost less to
write, and the event loop has time for others. It counts in milliseconds: less than half of one is none."""

FIRST_WAIT, LONGEST_WAIT = 0.05, 2.0
"""Seconds between tries when the store fails; doubled from the first to the longest."""


def rest_after(showing: float) -> float:
    """Seconds to wait for the next commit after it took so many to show one."""
    more = max(0.0, showing - UNNOTICED)
    return max(min(more * SHARE, FULL_REST), more * LEAST_SHARE)


class Author(Protocol):
    """A room, as the journal needs it."""

    def gather(self) -> Sequence[Record]:
        """What is to be stored next, in order; called again only when the store has taken or refused it."""

    def committed(self, records: Sequence[Record]) -> None:
        """These records are durable now."""

    def fail(self, error: Exception) -> None:
        """This document cannot be stored any more, for a reason that no retry mends."""


Batch = Mapping[Author, Sequence[Record]]
"""What is stored in one transaction."""


class Journal:
    """Takes records without waiting and commits them as one transaction after the other.

    While a commit runs, whatever comes in gathers for the next: a lone edit is not delayed,
    and many edits share the cost. A failed commit is tried again, in order, until it succeeds.
    """

    def __init__(self, store: Store, on_trouble: Callable[[bool], None]) -> None:
        self._store = store
        self._on_trouble = on_trouble
        self._waiting: dict[Author, None] = {}
        self._storing: Batch = {}
        self._showing = 0.0
        """Seconds it took to show the last commit to everybody."""
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

    def wrote(self, room: Author) -> None:
        """This room has something to store; it hears of it when it is durable."""
        self._waiting[room] = None
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
            log.error('The store did not take the last edits of %d documents in time.', self._unstored())
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        return self._idle.is_set()

    def _unstored(self) -> int:
        return len(self._waiting.keys() | self._storing.keys())

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                rooms, self._waiting = self._waiting, {}
                try:
                    self._storing = {room: room.gather() for room in rooms}
                    await self._commit(self._storing)
                except Exception as error:  # or no room would ever be stored again
                    log.exception('A commit ended as nobody foresaw; its documents are closed.')
                    for room in rooms:
                        room.fail(error)
                self._storing = {}
                if rest := rest_after(self._showing):
                    await asyncio.sleep(rest)
            self._idle.set()

    async def _commit(self, batch: Batch) -> None:
        try:
            await self._append(batch)
        except HOPELESS as error:
            await self._apart(batch, error)
        else:
            self.commits += 1
            self.records += sum(map(len, batch.values()))
            began = time.perf_counter()
            for room, records in batch.items():
                self._tell_room(room, records)
            self._showing = time.perf_counter() - began

    @staticmethod
    def _tell_room(room: Author, records: Sequence[Record]) -> None:
        try:
            room.committed(records)
        except Exception:
            log.exception('A room could not show what was stored; its readers catch up when they ask again.')

    async def _apart(self, batch: Batch, error: Exception) -> None:
        """One document is at fault; the others must not suffer for it."""
        if len(batch) == 1:
            for room in batch:
                log.error('A document can no longer be stored: %s', error)
                room.fail(error)
            return
        for room, records in batch.items():
            await self._commit({room: records})

    async def _append(self, batch: Batch) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                await self._store.append([record for records in batch.values() for record in records])
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
