"""Documents that are not as they should be: proven by their logs, built again, or put in order for good."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING

from collab.document.digest import Digest
from collab.rooms.editing import CODE
from collab.rooms.ports import Record, RestoredDocument, SettledDocument, Store
from collab.rooms.snapshots import proof_of, rebuild, sum_up, written_anew

if TYPE_CHECKING:
    from collab.rooms.room import Room

log = logging.getLogger(__name__)

BELIEF = 300.0
"""Seconds between two times that a document is put in order because a page says that it cannot show it."""

MOST_WRITERS = 3_000
"""Client ids, of which each tab that writes has one, that a document may know before its text begins anew."""

MOST_HISTORY, HISTORY_PER_TEXT = 500_000, 8
"""A snapshot of so many bytes, so many times as long as its text, holds hardly anything but places of what
was deleted, and whoever opens the document takes all of it: its text begins anew, too."""

REST_PER_WORK = 20
"""Documents that nobody doubts are proven one after the other, in a twentieth of the time at most."""


class Healing:
    """Does what takes a while, beside the rooms, and tells them. `spawn` lets work go on by itself."""

    def __init__(
        self,
        store: Store,
        spawn: Callable[[Coroutine[None, None, None], str], None],
        *,
        clock: Callable[[], float],
        now: Callable[[], int],
    ) -> None:
        self._store = store
        self._spawn = spawn
        self._clock = clock
        self._now = now
        self._proving = asyncio.Lock()
        self._resting_until = float('-inf')
        self._believed: dict[str, float] = {}

    def rebuild(self, room: 'Room') -> None:
        """Make a document anew whose object in memory cannot be trusted any more."""
        self._spawn(self._rebuild(room), f'rebuild {room.id}')

    def prove(self, room: 'Room') -> None:
        """Find out what the log makes of a document, and whether everybody who loads it gets the same."""
        self._spawn(self._prove(room), f'prove {room.id}')

    def look(self, room: 'Room') -> None:
        """The same for a document at rest that nobody doubts, if there is time."""
        if not self._proving.locked() and self._clock() >= self._resting_until:
            self.prove(room)

    def put_in_order(self, room: 'Room') -> None:
        """Settle it soon."""
        self._spawn(self.settle(room), f'settle {room.id}')

    async def rejuvenate(self, room: 'Room') -> None:
        """Settle a document that nobody is in, if its past makes it slow: very many tabs wrote in it, which
        costs at each edit, or nearly all of it was deleted again, which costs at each opening."""
        if room.broken or room.closed:
            return
        if room.document.writers > MOST_WRITERS or await self._is_mostly_past(room):
            words = 'Document %s was written in from %d tabs, and its snapshot has %d bytes.'
            log.info(words, room.id, room.document.writers, room.tail.snapshot_bytes)
            await self.settle(room)

    async def _is_mostly_past(self, room: 'Room') -> bool:
        """Whether its snapshot is much too long. One from before something was deleted does not count."""

        def is_long() -> bool:
            size = room.tail.snapshot_bytes
            return size >= MOST_HISTORY and size >= HISTORY_PER_TEXT * room.document.length

        if is_long() and not room.tail.is_summed_up:
            await sum_up(self._store, room)
        return room.tail.is_summed_up and is_long()

    def believe(self, room: 'Room', claimed: Digest) -> bool:
        """A page took the whole text and shows another, but the server is proven; whether that is believed.

        If so, the document is put in order. A page can lie, and all who are here have to load the document
        anew then: it happens once in BELIEF at most.
        """
        now = self._clock()
        self._believed = {name: at for name, at in self._believed.items() if now - at < BELIEF}
        if room.id in self._believed:
            return False
        self._believed[room.id] = now
        words = 'Document %s, update %d: a page makes another text of it, of %d bytes; the server has %d.'
        log.error(words, room.id, room.tail.end, claimed.size, room.comparison.own.size)
        self.put_in_order(room)
        return True

    async def settle(self, room: 'Room') -> None:
        """Let the text that the log makes begin a new life, as one edit that nobody can merge otherwise.

        Edits not taken in yet stay with their authors, whose pages put them back or offer them as a copy.
        Nothing happens where the document is closed or being built anew; if it fails, all goes on as before.
        """
        with suppress(Exception):  # whoever is here has been told
            await room.saved()
        if room.broken or room.closed:
            return
        room.broken = True  # nothing is taken in from here on
        try:
            await room.saved()
            async with room.tail.lock:
                await self._begin_life(room)
        except RestoredDocument as error:
            room.fail(error)
        except Exception:
            log.exception('Document %s could not be put in order; it goes on as it is.', room.id)
            room.resume()
        else:
            room.fail(SettledDocument(room.id))

    async def _begin_life(self, room: 'Room') -> None:
        stored = await self._store.load(room.id)
        state, writers = await asyncio.to_thread(written_anew, stored)
        log.warning(
            'Document %s, update %d: its text begins anew, %d bytes.', room.id, stored.seq, len(state)
        )
        await self._store.begin_life(
            Record(room.id, stored.seq + 1, CODE, self._now(), state, writers, room.epoch)
        )

    async def _rebuild(self, room: 'Room') -> None:
        try:
            await room.saved()
            room.rebuilt(rebuild(await self._store.load(room.id)))
        except Exception as error:
            log.exception('Document %s could not be built again.', room.id)
            room.fail(error)

    async def _prove(self, room: 'Room') -> None:
        """One document at a time."""
        try:
            async with self._proving:
                began = self._clock()
                stored = await self._store.load(room.id)
                proof = await asyncio.to_thread(proof_of, stored)
                self._resting_until = self._clock() + REST_PER_WORK * (self._clock() - began)
                room.comparison.proven(stored.seq, proof)
        except Exception:
            log.exception('Document %s could not be compared with its log.', room.id)
