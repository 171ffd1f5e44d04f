"""Summing up the log, so that opening a document costs what its text costs and not what its history does."""

import asyncio
import logging

from collab.document.admission import Incomplete, Refused
from collab.document.broken import BrokenDocument
from collab.document.digest import Digest
from collab.document.shared import SharedDocument
from collab.document.summary import summarise
from collab.rooms.ports import DamagedDocument, Store, StoredDocument
from collab.rooms.room import Room

log = logging.getLogger(__name__)


def is_due(room: Room) -> bool:
    """Whether the log behind the last snapshot has grown enough."""
    return not room.closed and room.tail.is_due()


async def sum_up(store: Store, room: Room) -> None:
    """Put a snapshot behind what the log holds now; a failure costs only time at the next opening.

    It is made of what is stored, in another thread: nobody waits, and nothing unstored gets in.
    """
    async with room.tail.lock:
        try:
            stored = await store.load(room.id)
            state = await asyncio.to_thread(summarise, updates_of(stored))
            await store.compact(room.id, stored.seq, state, stored.epoch)
            room.tail.summed_up(stored.seq, len(state))
        except Exception:
            room.tail.failed()
            log.exception('No snapshot of document %s; its log is untouched.', room.id)


def rebuild(stored: StoredDocument) -> SharedDocument:
    """The document that a snapshot and the log after it make. Raises DamagedDocument when they make none."""
    document = SharedDocument()
    try:
        if stored.snapshot is not None:
            document.load_snapshot(stored.snapshot)
        for update in stored.tail:
            document.load(update)
    except (Refused, Incomplete, BrokenDocument) as error:
        document.close()
        raise DamagedDocument(f'its updates do not fit together ({error or "one is missing"})') from error
    return document


def text_of(stored: StoredDocument) -> str:
    """The text that a snapshot and the log after it make. Raises DamagedDocument when they make none."""
    document = rebuild(stored)
    try:
        return document.text
    finally:
        document.close()


def digest_of(stored: StoredDocument) -> Digest:
    """The digest of what a snapshot and the log after it make. Raises DamagedDocument."""
    document = rebuild(stored)
    try:
        return document.digest()
    finally:
        document.close()


def updates_of(stored: StoredDocument) -> tuple[bytes, ...]:
    """All of a stored document, in order: the snapshot if there is one, then the log after it."""
    return stored.tail if stored.snapshot is None else (stored.snapshot, *stored.tail)
