"""Summing up the log, so that opening a document costs what its text costs and not what its history does."""

import asyncio
import logging

from collab.document.admission import Incomplete, Refused
from collab.document.shared import BrokenDocument, SharedDocument, summarise
from collab.rooms.ports import DamagedDocument, Store, StoredDocument
from collab.rooms.room import Room

log = logging.getLogger(__name__)

ROWS, BYTES_PER_ROW = 200, 1_000
"""A new snapshot is worth its cost after so many updates, and one more for each so many bytes of the last:
reading a row at the opening costs about as much as writing a kilobyte of snapshot."""

BYTES = 4_000_000
"""So many bytes of updates behind the last snapshot, and its own size again, are also worth a new one."""


def is_due(room: Room) -> bool:
    """Whether the log behind the last snapshot has grown enough."""
    rows = room.delivery.durable - max(room.snapshot_seq, room.no_snapshot_seq)
    long = room.tail_bytes >= BYTES + room.snapshot_bytes and rows >= ROWS // 10
    return not room.closed and (long or rows >= ROWS + room.snapshot_bytes // BYTES_PER_ROW)


async def sum_up(store: Store, room: Room) -> None:
    """Put a snapshot behind what the log holds now; a failure costs only time at the next opening.

    It is made of what is stored, in another thread: nobody waits, and nothing unstored gets in.
    """
    async with room.summing_up:
        try:
            stored = await store.load(room.id)
            state = await asyncio.to_thread(summarise, updates_of(stored))
            await store.compact(room.id, stored.seq, state)
            room.snapshot_seq, room.snapshot_bytes, room.tail_bytes = stored.seq, len(state), 0
        except Exception:
            room.no_snapshot_seq = room.delivery.durable  # not again at the next key, but after as many more
            log.exception('No snapshot of document %s; its log is untouched.', room.id)


def rebuild(stored: StoredDocument) -> SharedDocument:
    """The document that a snapshot and the log after it make. Raises DamagedDocument when they make none."""
    document = SharedDocument()
    try:
        for update in updates_of(stored):
            document.load(update)
    except (Refused, Incomplete, BrokenDocument) as error:
        document.close()
        raise DamagedDocument(f'its updates do not fit together ({error or "one is missing"})') from error
    return document


def updates_of(stored: StoredDocument) -> tuple[bytes, ...]:
    """All of a stored document, in order: the snapshot if there is one, then the log after it."""
    return stored.tail if stored.snapshot is None else (stored.snapshot, *stored.tail)
