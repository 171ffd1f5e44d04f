"""All open documents: each opened once, shared by whoever asks, closed when the last one leaves."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from collab.document.people import Person
from collab.rooms.journal import Journal
from collab.rooms.naming import check_text, clean_id, clean_title
from collab.rooms.ports import DocumentInfo, Store, milliseconds
from collab.rooms.room import Room
from collab.rooms.snapshots import is_due, rebuild, sum_up
from collab.rooms.watching import Happening, Watchers

log = logging.getLogger(__name__)

DOCUMENT_LIMIT = 10_000_000
"""Longest text, in bytes of UTF-8, unless the settings say otherwise."""

DELETED = ('gone', 'This document was deleted. Open its link again to take it back.')


@dataclass(slots=True)
class Opening:
    """A document that is open, being opened, or about to close."""

    loading: asyncio.Task[Room]
    holders: int = 0
    closing: asyncio.Task[None] | None = None


class Hub(Watchers):
    """The one door to live documents: `async with hub.open(document_id) as room`.

    `linger` is how many seconds a document stays open after the last one left, because people reload.
    """

    def __init__(
        self,
        store: Store,
        *,
        now: Callable[[], int] = milliseconds,
        limit: int = DOCUMENT_LIMIT,
        linger: float = 2.0,
    ) -> None:
        super().__init__()
        self._store = store
        self._now = now
        self._limit = limit
        self._linger = linger
        self._open: dict[str, Opening] = {}
        self._leftovers: dict[str, Room] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.journal = Journal(store, self._trouble)

    def start(self) -> None:
        """Begin to write. Needs a running event loop."""
        self.journal.start()

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

    async def create(
        self, title: str = '', *, document_id: str | None = None, text: str = ''
    ) -> DocumentInfo:
        """Make a document, with a text if one is given. Raises DocumentExists, ValueError for a bad id."""
        check_text(text, self._limit)
        chosen = secrets.token_urlsafe(16) if document_id is None else clean_id(document_id)
        info = await self._store.create(chosen, clean_title(title), self._now())
        if text:
            async with self.open(info.id) as room:
                room.insert(0, text)
                await room.saved()
        self.tell(Happening.TITLE)
        return info

    async def list(self) -> Sequence[DocumentInfo]:
        """All documents but those in the trash, last changed first."""
        return await self._store.list()

    async def describe(self, document_id: str) -> DocumentInfo:
        """What the list says of one document. Raises UnknownDocument."""
        return await self._store.describe(document_id)

    async def rename(self, document_id: str, title: str) -> DocumentInfo:
        """Give it a new title, on every screen at once. Raises UnknownDocument, ValueError."""
        info = await self._store.rename(document_id, clean_title(title), self._now())
        if (room := self.room(document_id)) is not None:
            room.retitle(info.title)
        self.tell(Happening.TITLE)
        return info

    async def delete(self, document_id: str) -> None:
        """Move it to the trash with all that was typed; who is in it is told. Raises UnknownDocument."""
        await self._store.delete(document_id, self._now())
        opening = self._open.get(document_id)
        if opening is not None:
            await asyncio.wait([opening.loading])  # who is about to come in must hear of it too
            if (room := _loaded(opening)) is not None:
                room.close(*DELETED)
                await room.saved()
        self.tell(Happening.GONE)

    async def restore(self, document_id: str) -> DocumentInfo:
        """Take it back out of the trash. Raises UnknownDocument."""
        info = await self._store.restore(document_id)
        self.tell(Happening.TITLE)
        return info

    async def ready(self) -> None:
        """Returns when the store answers, raises what it raises otherwise."""
        await self._store.ping()

    def room(self, document_id: str) -> Room | None:
        """The room, if the document is open just now; for a look, not to work with it."""
        opening = self._open.get(document_id)
        return _loaded(opening) if opening is not None else None

    def people(self, document_id: str) -> Sequence[Person]:
        """Who is in the document just now."""
        return room.people() if (room := self.room(document_id)) is not None else ()

    def rename_person(self, person: Person) -> None:
        """Somebody changed their name or colour: show it wherever they are."""
        for room in self._rooms():
            room.rename_person(person)

    def _rooms(self) -> Sequence[Room]:
        return [room for opening in self._open.values() if (room := _loaded(opening)) is not None]

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
                now=self._now,
                limit=self._limit,
                on_broken=self._rebuild_later,
            )
        except BaseException:
            self._open.pop(document_id, None)
            raise
        room.watch(lambda happening: self._happened(room, happening))
        return room

    def _happened(self, room: Room, happening: Happening) -> None:
        if happening is Happening.TEXT and is_due(room) and not room.summing_up.locked():
            self._spawn(sum_up(self._store, room), f'sum up {room.id}')
        if happening is Happening.GONE:
            self._forget(room)
        self.tell(happening)

    def _forget(self, room: Room) -> None:
        """The next one to ask opens the document anew, after its last edits are stored."""
        opening = self._open.get(room.id)
        if opening is not None and _loaded(opening) is room:
            del self._open[room.id]
            if room.seq > room.delivery.durable:
                self._leftovers[room.id] = room

    def _trouble(self, failing: bool) -> None:
        for room in self._rooms():
            room.company.trouble(failing)

    async def _close(self, document_id: str, opening: Opening) -> None:
        """Close once nobody came back for `linger` seconds and everything is stored and summed up."""
        try:
            await asyncio.wait([opening.loading])
            room = _loaded(opening)
            while room is not None and opening.holders == 0:
                await asyncio.sleep(0 if room.closed else self._linger)
                with suppress(Exception):  # whoever was here has been told
                    await room.saved()
                seq = room.seq
                async with (
                    room.summing_up
                ):  # one that is being made is waited for, or much would stay behind it
                    pass
                if is_due(room):
                    await sum_up(self._store, room)
                if opening.holders == 0 and room.seq == seq:
                    self._forget(room)
                    room.dispose()
                    return
        finally:
            opening.closing = None

    def _rebuild_later(self, room: Room) -> None:
        self._spawn(self._rebuild(room), f'rebuild {room.id}')

    def _spawn(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _rebuild(self, room: Room) -> None:
        """Make a document anew whose object in memory cannot be trusted any more."""
        try:
            await room.saved()
            room.rebuilt(rebuild(await self._store.load(room.id)))
        except Exception as error:
            log.exception('Document %s could not be built again.', room.id)
            room.fail(error)


def _loaded(opening: Opening) -> Room | None:
    return opening.loading.result() if opening.loading.done() and not _failed(opening) else None


def _failed(opening: Opening) -> bool:
    loading = opening.loading
    return loading.done() and (loading.cancelled() or loading.exception() is not None)
