"""Documents that are open now: each opened once, shared by whoever asks, closed after the last one left."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from collab.rooms.allowance import Allowances
from collab.rooms.chapters import shorten
from collab.rooms.healing import Healing
from collab.rooms.indexing import Indexing
from collab.rooms.journal import Journal
from collab.rooms.ports import RestoredDocument, Store, milliseconds
from collab.rooms.room import Room
from collab.rooms.snapshots import is_due, rebuild, sum_up
from collab.rooms.trash import Emptying
from collab.rooms.watching import Happening, Watchers

log = logging.getLogger(__name__)

DOCUMENT_LIMIT = 10_000_000
"""Longest text, in bytes of UTF-8, unless the settings say otherwise."""


LOOK_EVERY = 1.0
"""Seconds between looks whether an open document was restored from a backup by another process."""


@dataclass(slots=True)
class Opening:
    """A document that is open, being opened, or about to close."""

    loading: asyncio.Task[Room]
    holders: int = 0
    closing: asyncio.Task[None] | None = None


class OpenDocuments(Watchers):
    """Opens, shares and closes documents, and writes down what is typed in them.

    `linger` is how many seconds a document stays open after the last one left, because people reload.
    """

    def __init__(
        self,
        store: Store,
        *,
        now: Callable[[], int] = milliseconds,
        limit: int = DOCUMENT_LIMIT,
        linger: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._store = store
        self._now = now
        self._limit = limit
        self._linger = linger
        self._open: dict[str, Opening] = {}
        self._leftovers: dict[str, Room] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.allowances = Allowances(clock)
        self.journal = Journal(store, self._trouble)
        self.indexing = Indexing(store, clock, lambda: self.tell(Happening.INDEX), room=self.room)
        self.emptying = Emptying(store, now)
        self.healing = Healing(store, self._spawn, clock=clock, now=now)

    def start(self) -> None:
        """Begin to write. Needs a running event loop."""
        self.journal.start()
        self._spawn(self._watch_epochs(), 'watch epochs')
        self._spawn(self.indexing.run(), 'index')
        self._spawn(self.emptying.run(), 'empty the trash')
        self.watch(self.indexing.happened)

    async def drain(self, seconds: float = 4.0) -> bool:
        """Store everything and end. False if something could not be stored in time."""
        stored = await self.journal.stop(seconds)
        closing = [opening.closing for opening in self._open.values() if opening.closing is not None]
        for task in [*self._tasks, *closing]:
            task.cancel()
        await asyncio.gather(*self._tasks, *closing, return_exceptions=True)
        for room in self._rooms():
            room.dispose()
        self._open.clear()
        return stored

    @asynccontextmanager
    async def open(self, document_id: str) -> AsyncIterator[Room]:
        """The live document, for as long as the block lasts.

        Raises UnknownDocument, DamagedDocument, or what the store raised; a document that cannot be
        loaded is never served empty, and the next one to ask tries again.
        """
        opening = self._open.get(document_id)
        if opening is None:
            loading = asyncio.create_task(self._load(document_id), name=f'open {document_id}')
            opening = self._open[document_id] = Opening(loading)
        opening.holders += 1
        try:
            yield await asyncio.shield(opening.loading)
        finally:
            opening.holders -= 1
            if opening.holders == 0 and opening.closing is None and not _failed(opening):
                name = f'close {document_id}'
                opening.closing = asyncio.create_task(self._close(document_id, opening), name=name)

    def room(self, document_id: str) -> Room | None:
        """The room, if the document is open just now; for a look, not to work with it."""
        opening = self._open.get(document_id)
        return loaded(opening) if opening is not None else None

    def _rooms(self) -> Sequence[Room]:
        return [room for opening in self._open.values() if (room := loaded(opening)) is not None]

    async def _load(self, document_id: str) -> Room:
        try:
            if (before := self._leftovers.pop(document_id, None)) is not None:
                with suppress(Exception):
                    await before.saved()
            stored = await self._store.load(document_id)
            room = Room(
                stored,
                rebuild(stored),
                self.journal,
                self.allowances,
                self.healing,
                now=self._now,
                limit=self._limit,
            )
            room.watch(lambda happening: self._happened(room, happening))
            if stored.retired and not stored.owners:
                room.mark_life()
        except BaseException:
            self._open.pop(document_id, None)
            raise
        return room

    def _happened(self, room: Room, happening: Happening) -> None:
        if happening is Happening.TEXT and is_due(room) and not room.tail.lock.locked():
            self._spawn(self._tidy(room), f'tidy {room.id}')
        if happening is Happening.GONE:
            self._forget(room)
        self.tell(happening)

    async def _tidy(self, room: Room) -> None:
        await self._sum_up(room)
        await shorten(self._store, room, self._now())

    async def _sum_up(self, room: Room) -> None:
        if not await sum_up(self._store, room):
            log.error('Document %s does not look the same to whoever loads it.', room.id)
            await self.healing.settle(room)

    def _forget(self, room: Room) -> None:
        """The next one to ask opens the document anew, after its last edits are stored."""
        opening = self._open.get(room.id)
        if opening is not None and loaded(opening) is room:
            del self._open[room.id]
            if not room.is_durable():
                self._leftovers[room.id] = room

    def _trouble(self, failing: bool) -> None:
        for room in self._rooms():
            room.company.trouble(failing)

    async def _close(self, document_id: str, opening: Opening) -> None:
        """Close once nobody came back for `linger` seconds and everything is stored and summed up."""
        try:
            await asyncio.wait([opening.loading])
            room = loaded(opening)
            while room is not None and opening.holders == 0:
                await asyncio.sleep(0 if room.closed else self._linger)
                with suppress(Exception):  # whoever was here has been told
                    await room.saved()
                edits = room.edits
                async with room.tail.lock:  # a snapshot being made is waited for, or much would stay behind
                    pass
                if is_due(room) or (room.tail.is_due_at_last() and not room.closed):
                    await self._sum_up(room)
                await shorten(self._store, room, self._now(), wholly=True)
                if opening.holders == 0:
                    await self.healing.rejuvenate(room)
                if opening.holders == 0 and room.edits == edits:
                    self._forget(room)
                    room.dispose()
                    return
        finally:
            opening.closing = None

    async def _watch_epochs(self) -> None:
        """Nobody may go on typing in the old life of a document; they come back to the restored one."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if self._open:
                with suppress(Exception):  # the store does not answer: whoever types hears of it
                    await self._look_for_restored()

    async def _look_for_restored(self) -> None:
        before = {room.id: room.epoch for room in self._rooms()}
        now = await self._store.epochs(list(before))
        for document_id, epoch in before.items():
            room = self.room(document_id)
            # One that was opened anew meanwhile may be of a later life than the answer tells of.
            if room is not None and room.epoch == epoch != now.get(document_id, epoch):
                room.fail(RestoredDocument(document_id))

    def _spawn(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def loaded(opening: Opening) -> Room | None:
    """The room, if it is there by now."""
    return opening.loading.result() if opening.loading.done() and not _failed(opening) else None


def _failed(opening: Opening) -> bool:
    loading = opening.loading
    return loading.done() and (loading.cancelled() or loading.exception() is not None)
