"""Keeps logs short: what was typed long ago goes into chapters while everybody types on."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, takewhile

from collab.document.binding import bind
from collab.document.chapter import Entry
from collab.rooms.ports import Chapter, LogRow, LogSize, RestoredDocument, Store, UnknownDocument
from collab.rooms.room import Room
from collab.rooms.snapshots import updates_of

log = logging.getLogger(__name__)

ROWS, BYTES = 1_000, 1_000_000
"""A chapter is made of so many updates, or of so many bytes of them. To put it in their place takes 2 ms, and
16 ms when each update is on another page of the file; for so long nothing else is stored."""

KEPT_ROWS, KEPT_BYTES, KEPT_FOR = 5_000, 8_000_000, 86_400_000
"""So many of the newest updates, so many bytes of them, and those of so many milliseconds stay one by one."""

IN_A_ROW = 8
"""Chapters that are made upon each other before the state behind the last of them is stored."""


async def shorten(store: Store, room: Room, now: int, *, wholly: bool = False) -> None:
    """Put what is old enough into chapters: some of it, or all if `wholly`. A failure changes nothing.

    `now` is the time in milliseconds. Each chapter is made in another thread, and proven before what it
    holds is deleted: nobody waits for more than the deletion.
    """
    async with room.tail.lock:
        try:
            while await _some_chapters(store, room, now) == IN_A_ROW and wholly:
                pass
        except (UnknownDocument, RestoredDocument):
            pass  # it is in the trash, or in another life: whoever opens it next goes on
        except Exception as error:
            log.error('No chapter of document %s, its log is as it was: %s', room.id, error)


async def _some_chapters(store: Store, room: Room, now: int) -> int:
    size = await store.log_size(room.id)
    if not _has_enough(size, now):
        return 0
    stored = await store.load_bound(room.id)
    before = await asyncio.to_thread(updates_of, stored)
    made = 0
    while made < IN_A_ROW and (rows := await _ripe(store, room, size, now)):
        if rows[0].begins_life:
            before = ()
        chapter, state = await asyncio.to_thread(_chapter, before, rows)
        await store.bind(room.id, chapter, size.epoch)
        before = (state,)
        size = _without(size, rows)
        made += 1
    if made:
        await store.compact(room.id, size.bound, before[0], size.epoch)
    return made


def _has_enough(size: LogSize, now: int) -> bool:
    """Whether it is worth a look at the updates themselves."""
    return (size.rows >= ROWS or size.row_bytes >= BYTES) and (
        size.rows >= KEPT_ROWS + ROWS
        or size.row_bytes >= KEPT_BYTES
        or (size.since is not None and _is_old(size.since, now))
    )


async def _ripe(store: Store, room: Room, size: LogSize, now: int) -> Sequence[LogRow]:
    """What the next chapter is to be made of; nothing while it should rather stay as it is."""
    found = await store.rows(room.id, ROWS, BYTES)
    later = takewhile(lambda row: not row.begins_life, islice(found, 1, None))
    rows = [*found[:1], *later]
    if not rows or rows[-1].seq > room.tail.end:  # the journal may store once more what it has no answer for
        return ()
    left = _without(size, rows)
    is_whole = len(rows) == ROWS or _bytes(rows) >= BYTES or len(rows) < len(found)
    is_old = left.rows >= KEPT_ROWS or left.row_bytes >= KEPT_BYTES or _is_old(rows[-1].created_at, now)
    return rows if is_whole and is_old else ()


def _chapter(before: Sequence[bytes], rows: Sequence[LogRow]) -> tuple[Chapter, bytes]:
    first, last = rows[0], rows[-1]
    bound = bind(before, [Entry(row.seq, row.seq, row.created_at, row.author, row.update) for row in rows])
    return Chapter(first.seq, last.seq, last.created_at, bound.content, first.begins_life), bound.state


def _without(size: LogSize, rows: Sequence[LogRow]) -> LogSize:
    """What is left when these are in a chapter."""
    return replace(
        size, bound=rows[-1].seq, rows=size.rows - len(rows), row_bytes=size.row_bytes - _bytes(rows)
    )


def _is_old(at: int, now: int) -> bool:
    return at <= now - KEPT_FOR


def _bytes(rows: Sequence[LogRow]) -> int:
    return sum(len(row.update) for row in rows)
