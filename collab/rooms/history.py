"""All that was ever written in a document: who, when and what, from the beginning."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from collab.document.chapter import Entry, moments
from collab.document.lib0 import ProtocolError
from collab.rooms.ports import Chapter, DamagedDocument, Store


@dataclass(frozen=True, slots=True)
class Revision:
    """A moment that can be read again: after each recent edit, and after each minute further back."""

    entries: Sequence[Entry]
    """What was written since the moment before, by whom."""
    update: bytes
    """All of that; load it into the document of the moment before."""
    begins_life: bool
    """Whether it is the first of a life of the document: then load it into an empty one."""


async def history(store: Store, document_id: str) -> AsyncIterator[Revision]:
    """Every revision, in order. In memory are one chapter and the updates that are in none.

    Raises UnknownDocument, DamagedDocument, and RestoredDocument when the document begins another life
    meanwhile: then what came may not be what is there now.
    """
    epoch = (await store.log_size(document_id)).epoch
    rows = await store.rows(document_id)  # before the chapters: these may go into one at any time
    bound = rows[0].seq - 1 if rows else (await store.log_size(document_id)).bound
    after = 0
    while after < bound:
        chapter = await store.chapter(document_id, after, epoch)
        if chapter is None:
            raise DamagedDocument(f'{document_id}: update {after + 1} is missing')
        for revision in await asyncio.to_thread(revisions_of, chapter):
            yield revision
        after = chapter.last_seq
    for row in rows:
        entry = Entry(row.seq, row.seq, row.created_at, row.author, row.update)
        yield Revision((entry,), row.update, row.begins_life or row.seq == 1)


def revisions_of(chapter: Chapter) -> Sequence[Revision]:
    """The revisions that a chapter holds. Raises DamagedDocument."""
    try:
        return list(_revisions(chapter))
    except ProtocolError as error:
        words = f'the chapter of updates {chapter.first_seq} to {chapter.last_seq} cannot be read'
        raise DamagedDocument(f'{words} ({error})') from error


def _revisions(chapter: Chapter) -> Iterator[Revision]:
    begins = chapter.begins_life or chapter.first_seq == 1
    for entries, update in moments(chapter.content):
        yield Revision(entries, update, begins)
        begins = False
