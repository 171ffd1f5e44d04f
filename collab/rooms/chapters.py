"""Keeps logs short: what was typed long ago goes into chapters while everybody types on."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

from collab.aside import aside
from collab.document.binding import Bound, bind
from collab.document.chapter import Entry
from collab.rooms.ports import (
    Chapter,
    LogRow,
    LogSize,
    RestoredDocument,
    Store,
    StoredDocument,
    UnknownDocument,
)
from collab.rooms.room import Room
from collab.rooms.snapshots import updates_of

log = logging.getLogger(__name__)

ROWS, BYTES = 1_000, 250_000
"""A chapter is made of so many updates, or of so many bytes of them. To put it in their place takes 2 ms, and
16 ms when each update is on another page of the file; for so long nothing else is stored."""

KEPT_ROWS, KEPT_BYTES, KEPT_FOR = 5_000, 500_000, 86_400_000
"""The updates of so many milliseconds stay one by one, but no more than so many, of so many bytes."""

TOGETHER = 8
"""Most chapters that are made at once, upon each other."""


async def shorten(store: Store, room: Room, now: int, *, wholly: bool = False) -> None:
    """Put what is old enough into chapters: some of it, or all if `wholly`. A failure changes nothing.

    `now` is the time in milliseconds. Chapters are made in another thread, and proven before what they
    hold is deleted: nobody waits for more than the deletion.
    """
    async with room.tail.lock:
        try:
            while await _some_chapters(store, room, now) and wholly:
                pass
        except (UnknownDocument, RestoredDocument):
            pass  # it is in the trash, or in another life: whoever opens it next goes on
        except Exception as error:
            log.error('No chapter of document %s, its log is as it was: %s', room.id, error)


async def _some_chapters(store: Store, room: Room, now: int) -> bool:
    """Make the next few; False when there is nothing to make any of."""
    size = await store.log_size(room.id)
    if not _has_enough(size, now):
        return False
    found = await store.rows(room.id, TOGETHER * ROWS, TOGETHER * BYTES)
    # What the journal has no answer for yet, it may store once more: that must stay where it is.
    stretches = [rows for rows in _ripe(found, size, now) if rows[-1].seq <= room.tail.end]
    if not stretches:
        return False
    stored = await store.load_bound(room.id)
    bound = await aside(_bind, stored, stretches)
    for rows, content in zip(stretches, bound.contents, strict=True):
        first, last = rows[0], rows[-1]
        chapter = Chapter(first.seq, last.seq, last.created_at, content, first.begins_life)
        await store.bind(room.id, chapter, size.epoch)
    if bound.state is not None:
        await store.compact(room.id, last.seq, bound.state, size.epoch)
    if bound.failure:
        words = 'Document %s: edits up to %d stay one by one in their chapters: %s'
        log.warning(words, room.id, last.seq, bound.failure)
    return True


def _has_enough(size: LogSize, now: int) -> bool:
    """Whether it is worth a look at the updates themselves."""
    return (size.rows >= ROWS or size.row_bytes >= BYTES) and (
        size.rows >= KEPT_ROWS + ROWS
        or size.row_bytes >= KEPT_BYTES
        or (size.since is not None and _is_old(size.since, now))
    )


def _ripe(found: Sequence[LogRow], size: LogSize, now: int) -> Iterator[Sequence[LogRow]]:
    """What the next chapters are to be made of, all of one life; the rest should rather stay as it is."""
    while rows := _next(found):
        found = found[len(rows) :]
        size = replace(size, rows=size.rows - len(rows), row_bytes=size.row_bytes - _bytes(rows))
        life_ends = bool(found) and found[0].begins_life
        is_whole = len(rows) == ROWS or _bytes(rows) >= BYTES or life_ends
        is_old = _is_old(rows[-1].created_at, now)
        if not is_whole or not (is_old or size.rows >= KEPT_ROWS or size.row_bytes >= KEPT_BYTES):
            return
        yield rows
        if life_ends:
            return


def _next(found: Sequence[LogRow]) -> Sequence[LogRow]:
    """As many as one chapter may hold."""
    total = 0
    for count, row in enumerate(found):
        if count == ROWS or total >= BYTES or (count and row.begins_life):
            return found[:count]
        total += len(row.update)
    return found


def _bind(before: StoredDocument, stretches: Sequence[Sequence[LogRow]]) -> Bound:
    begins = stretches[0][0].begins_life
    return bind(
        () if begins else updates_of(before),
        [
            [Entry(row.seq, row.seq, row.created_at, row.author, row.update) for row in rows]
            for rows in stretches
        ],
    )


def _is_old(at: int, now: int) -> bool:
    return at <= now - KEPT_FOR


def _bytes(rows: Sequence[LogRow]) -> int:
    return sum(len(row.update) for row in rows)
