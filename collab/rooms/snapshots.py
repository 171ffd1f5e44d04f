"""Summing up the log, so that opening a document costs what its text costs and not what its history does."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

from collab.aside import aside
from collab.document.admission import Incomplete, Refused
from collab.document.broken import Ambiguous, BrokenDocument
from collab.document.change import Change
from collab.document.chapter import steps
from collab.document.digest import Digest
from collab.document.lib0 import ProtocolError
from collab.document.shared import SharedDocument
from collab.document.summary import proven_snapshot, summarise
from collab.rooms.ports import DamagedDocument, Store, StoredDocument
from collab.rooms.room import Room

log = logging.getLogger(__name__)


def is_due(room: Room) -> bool:
    """Whether the log behind the last snapshot has grown enough."""
    return not room.closed and room.tail.is_due()


async def sum_up(store: Store, room: Room) -> bool:
    """Put a snapshot behind what the log holds now; a failure costs only time at the next opening.

    It is made of what is stored, in another thread: nobody waits, and nothing unstored gets in. False when
    the document is one that no snapshot can hold.
    """
    async with room.tail.lock:
        try:
            stored = await store.load(room.id)
            state = await aside(_summary, stored)
            if state is None:
                room.tail.failed()
                return False
            await store.compact(room.id, stored.seq, state, stored.epoch)
            room.tail.summed_up(stored.seq, len(state))
        except Exception:
            room.tail.failed()
            log.exception('No snapshot of document %s; its log is untouched.', room.id)
        return True


def rebuild(stored: StoredDocument) -> SharedDocument:
    """The document that a snapshot and the log after it make. Raises DamagedDocument when they make none."""
    document = SharedDocument()
    try:
        with _telling_damage():
            if stored.snapshot is not None:
                document.load_snapshot(stored.snapshot)
            for update in _log_of(stored):
                document.load(update)
    except DamagedDocument:
        document.close()
        raise
    return document


def text_of(stored: StoredDocument) -> str:
    """The text that a snapshot and the log after it make. Raises DamagedDocument when they make none."""
    document = rebuild(stored)
    try:
        with _telling_damage():
            return document.text
    finally:
        document.close()


@contextmanager
def _telling_damage() -> Iterator[None]:
    try:
        yield
    except (Refused, Incomplete, BrokenDocument, ProtocolError) as error:
        words = str(error) or 'one is missing'
        raise DamagedDocument(f'its updates do not fit together ({words})') from error


@dataclass(frozen=True, slots=True)
class Proof:
    """What the log makes of a document."""

    digest: Digest
    ambiguous: bool
    """Whoever loads it anew gets something else."""


def proof_of(stored: StoredDocument) -> Proof:
    """What a snapshot and the log after it make. Raises DamagedDocument."""
    document = rebuild(stored)
    try:
        proven_snapshot(document)
        return Proof(document.digest(), ambiguous=False)
    except Ambiguous:
        return Proof(document.digest(), ambiguous=True)
    finally:
        document.close()


def written_anew(stored: StoredDocument) -> tuple[bytes, tuple[int, ...]]:
    """The text of a stored document as the one edit of a new one, and the client ids that wrote it.

    None wrote an empty text. Raises DamagedDocument.
    """
    document = SharedDocument()
    try:
        news = document.edit([Change(0, 0, text_of(stored))])
        return document.snapshot(), news.writers if news is not None else ()
    finally:
        document.close()


def _summary(stored: StoredDocument) -> bytes | None:
    """A snapshot of what is stored, or None when none can hold it."""
    try:
        return summarise(updates_of(stored))
    except Ambiguous:
        return None


def updates_of(stored: StoredDocument) -> tuple[bytes, ...]:
    """All of a stored document, in order: the snapshot if there is one, then the log after it.

    Raises what `steps` raises of a chapter.
    """
    snapshot = () if stored.snapshot is None else (stored.snapshot,)
    return (*snapshot, *_log_of(stored))


def _log_of(stored: StoredDocument) -> Iterator[bytes]:
    """What comes after the snapshot."""
    return chain((step for content in stored.chapters for step in steps(content)), stored.tail)
