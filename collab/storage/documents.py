"""All documents in the database: the list of them, and each one's log and snapshots."""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import partial

from sqlalchemy import Update as Change
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from collab.rooms.ports import (
    DocumentExists,
    DocumentInfo,
    Record,
    StoredDocument,
    UnknownDocument,
)
from collab.rooms.shelf import sort_key
from collab.storage import finding
from collab.storage.chapters import Chapters
from collab.storage.epochs import NewLife, new_epoch
from collab.storage.finding import info, telling_damage
from collab.storage.log import Batch
from collab.storage.shelf import Shelf
from collab.storage.snapshots import NewSnapshot
from collab.storage.trash import DISCARDED, Trash
from models import Database, Document, Image

COPY = """
    INSERT OR IGNORE INTO images (document_id, id, kind, author, created_at, data)
    SELECT ?, id, kind, author, created_at, data FROM images WHERE document_id = ? AND id = ?
"""
LITTLE = 64 * 1024
"""Bytes of edits that are written in a moment."""


class Documents(Chapters, Shelf, Trash):
    """The store of `collab.rooms.ports`, in SQLite. What it promises is written there.

    A call that is cancelled has done nothing, or it finishes by itself as a whole; `load` waits for that.
    """

    def __init__(self, database: Database) -> None:
        Chapters.__init__(self, database)
        Shelf.__init__(self, database)
        Trash.__init__(self, database)

    async def create(self, document_id: str, title: str, at: int, by: str = '') -> DocumentInfo:
        """Make an empty document. Raises DocumentExists."""
        row = {'id': document_id, 'title': title, 'created_at': at, 'epoch': new_epoch()}
        row |= {'sort_key': sort_key(title), 'changed_at': at, 'changed_by': by}
        try:
            await self._database.write(lambda connection: connection.execute(insert(Document), row))
        except IntegrityError as error:
            raise DocumentExists(document_id) from error
        return DocumentInfo(document_id, title, at, at, by)

    async def describe(self, document_id: str) -> DocumentInfo:
        """What the list shows of one document. Raises UnknownDocument."""
        return info(await self._database.read(lambda connection: finding.document(connection, document_id)))

    async def rename(self, document_id: str, title: str, at: int, by: str = '') -> DocumentInfo:
        """Give it another title. Raises UnknownDocument."""
        named = {'title': title, 'sort_key': sort_key(title), 'changed_at': at, 'changed_by': by}
        return await self._change(document_id, _living(document_id).values(named))

    async def set_language(self, document_id: str, language: str) -> None:
        """Keep what its text is written in. Raises UnknownDocument."""
        await self._change(document_id, _living(document_id).values(language=language))

    async def image_bytes(self, document_id: str) -> int:
        """How large the pictures of this document are together."""
        wanted = select(func.sum(func.length(Image.data))).where(Image.document_id == document_id)
        return (await self._database.select(wanted))[0][0] or 0

    async def copy_images(self, document_id: str, to: str) -> None:
        """Let another document have the pictures of this one, one by one: whoever types has turns."""
        pictures = select(Image.id).where(Image.document_id == document_id)
        for (picture,) in await self._database.select(pictures):
            await self._database.write_at_once(partial(_copy_image, (to, document_id, picture)))

    async def delete(self, document_id: str, at: int) -> None:
        """Move it to the trash, where it keeps everything. Raises UnknownDocument."""
        change = _living(document_id).values(deleted_at=at)

        async def work(connection: AsyncConnection) -> None:
            if (await connection.execute(change)).rowcount == 0:
                raise UnknownDocument(document_id)

        await self._database.write(work)

    async def restore(self, document_id: str) -> DocumentInfo:
        """Take it back out of the trash; one that is not there stays as it is. Raises UnknownDocument."""
        return await self._change(
            document_id,
            update(Document)
            .where(Document.id == document_id, Document.deleted_at > DISCARDED)
            .values(deleted_at=None),
        )

    async def load(self, document_id: str) -> StoredDocument:
        """Everything needed to open it, proven whole. Raises UnknownDocument, DamagedDocument.

        A damaged snapshot is only a lost cache: the one before it serves, or the log from its beginning.
        """
        await self._database.settled()
        with telling_damage(document_id):
            return await self._prove(document_id)

    async def append(self, records: Sequence[Record]) -> None:
        """Commit all records in one transaction, or none. Raises as the port says."""
        if records:
            is_little = sum(len(record.update) for record in records) <= LITTLE
            write = self._database.write_soon if is_little else self._database.write_at_once
            await write(Batch(records).write)

    async def begin_life(self, record: Record) -> None:
        """Let the document go on with this record as all of its text. Raises as the port says."""
        await self._database.write_at_once(NewLife(record).write)

    async def compact(self, document_id: str, seq: int, state: bytes, epoch: int | None = None) -> None:
        """Keep `state` as the snapshot after update `seq`, besides those that the port names; the log stays.

        The caller has proven that `state` is what the log up to `seq` gives. Raises UnknownDocument,
        RestoredDocument when the document is in another epoch than the one given, and ValueError when
        the log has no update `seq`.
        """
        await self._database.write_at_once(NewSnapshot(document_id, seq, state, epoch).write)

    async def epochs(self, document_ids: Sequence[str]) -> Mapping[str, int]:
        """The epochs that these documents are in; unknown ones are left out."""
        wanted = select(Document.id, Document.epoch).where(Document.id.in_(document_ids))
        return {row.id: row.epoch for row in await self._database.select(wanted)}

    async def ping(self) -> None:
        """Returns when the database answers, raises otherwise."""
        await self._database.select(select(Document.id).limit(1))

    async def _change(self, document_id: str, change: Change) -> DocumentInfo:
        async def work(connection: AsyncConnection) -> DocumentInfo:
            await connection.execute(change)
            return info(await finding.document(connection, document_id))

        return await self._database.write(work)


def _copy_image(which: tuple[str, str, str], connection: sqlite3.Connection) -> None:
    connection.execute(COPY, which)


def _living(document_id: str) -> Change:
    return update(Document).where(Document.id == document_id, Document.deleted_at.is_(None))
