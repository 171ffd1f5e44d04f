"""All documents in the database: the list of them, and each one's log and snapshots."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy import Update as Change
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from collab.rooms.ports import (
    DocumentExists,
    DocumentInfo,
    Record,
    RestoredDocument,
    StoredDocument,
    UnknownDocument,
)
from collab.rooms.shelf import sort_key
from collab.storage import checksums, finding
from collab.storage.chapters import Chapters
from collab.storage.epochs import NewLife, new_epoch
from collab.storage.finding import info, telling_damage
from collab.storage.log import Batch
from collab.storage.shelf import Shelf
from collab.storage.trash import DISCARDED, Trash
from models import Chapter, Database, Document, Snapshot, Update

COPY = """
    INSERT OR IGNORE INTO images (document_id, id, kind, author, created_at, data)
    SELECT ?, id, kind, author, created_at, data FROM images WHERE document_id = ?
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

    async def copy_images(self, document_id: str, to: str) -> None:
        """Let another document have the pictures of this one, too."""
        await self._database.write_at_once(
            lambda database: database.execute(COPY, (to, document_id)) and None
        )

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

        async def work(connection: AsyncConnection) -> None:
            now = await connection.scalar(select(Document.epoch).where(Document.id == document_id))
            if now is not None and epoch not in (None, now):
                raise RestoredDocument(document_id)
            written_at = await _written_at(connection, document_id, seq)
            await _replace_snapshot(connection, document_id, seq, written_at, state)

        await self._database.write(work)

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


def _living(document_id: str) -> Change:
    return update(Document).where(Document.id == document_id, Document.deleted_at.is_(None))


async def _written_at(connection: AsyncConnection, document_id: str, seq: int) -> int:
    written_at = await connection.scalar(
        select(Update.created_at).where(Update.document_id == document_id, Update.seq == seq)
    )
    if written_at is None:
        written_at = await connection.scalar(
            select(Chapter.created_at).where(Chapter.document_id == document_id, Chapter.last_seq == seq)
        )
    if written_at is not None:
        return written_at
    if await connection.scalar(select(Document.id).where(Document.id == document_id)) is None:
        raise UnknownDocument(document_id)
    raise ValueError(f'{document_id}: a snapshot after update {seq}, which is not in the log')


async def _replace_snapshot(
    connection: AsyncConnection, document_id: str, seq: int, created_at: int, state: bytes
) -> None:
    content = {
        'created_at': created_at,
        'state': state,
        'checksum': checksums.of_snapshot(document_id, seq, created_at, state),
    }
    await connection.execute(
        sqlite_insert(Snapshot)
        .values(document_id=document_id, seq=seq, **content)
        .on_conflict_do_update(index_elements=['document_id', 'seq'], set_=content)
    )
    await connection.execute(
        delete(Snapshot).where(
            Snapshot.document_id == document_id,
            Snapshot.seq.not_in(_newest(document_id, 2)),
            Snapshot.seq.not_in(_newest(document_id, 1, await finding.bound(connection, document_id))),
        )
    )


def _newest(document_id: str, count: int, upto: int | None = None) -> Select[int]:
    kept = select(Snapshot.seq).where(Snapshot.document_id == document_id)
    if upto is not None:
        kept = kept.where(Snapshot.seq <= upto)
    return kept.order_by(Snapshot.seq.desc()).limit(count)
