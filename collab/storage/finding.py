"""Finds the rows of one document in the database, and proves each to be the one that was written."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from collab.rooms.ports import (
    Chapter,
    DamagedDocument,
    DeletedDocument,
    DocumentInfo,
    LogRow,
    UnknownDocument,
)
from collab.storage import checksums
from models import Chapter as ChapterRow
from models import Document, Replica, Snapshot, Update, is_damage

AnyRow = Row[*tuple[Any, ...]]


@contextmanager
def telling_damage(document_id: str) -> Iterator[None]:
    """What the database finds wrong with its own file is raised as DamagedDocument."""
    try:
        yield
    except DBAPIError as error:
        if is_damage(error.orig):
            raise DamagedDocument(f'{document_id}: {error.orig}') from error
        raise


def proven_chapter(row: AnyRow, after: int) -> Chapter:
    """The chapter in this row, if it is as it was written, and the one that comes after update `after`.

    Raises DamagedDocument.
    """
    place = (row.first_seq, row.last_seq)
    if row.checksum != checksums.of_chapter(
        row.document_id, *place, row.begins_life, row.created_at, row.content
    ):
        raise DamagedDocument(
            f'{row.document_id}: the chapter of updates {row.first_seq} to {row.last_seq} '
            'is not the one that was written'
        )
    if row.first_seq != after + 1:
        raise DamagedDocument(f'{row.document_id}: update {after + 1} is missing')
    return Chapter(*place, row.created_at, row.content, bool(row.begins_life))


def proven_row(document_id: str, seq: int, row: AnyRow) -> LogRow:
    """Update `seq`, if that is what is in this row, as it was written. Raises DamagedDocument."""
    if row.seq != seq:
        raise DamagedDocument(f'{document_id}: update {seq} is missing')
    content = (row.author, row.created_at, row.update)
    goes_on = row.checksum == checksums.of_update(document_id, seq, *content)
    if not goes_on and row.checksum != checksums.of_beginning(document_id, seq, *content):
        raise DamagedDocument(f'{document_id}: update {seq} is not the one that was written')
    return LogRow(seq, *content, begins_life=not goes_on)


async def document(connection: AsyncConnection, document_id: str) -> AnyRow:
    """The document's own row. Raises UnknownDocument, or DeletedDocument or DamagedDocument."""
    found = await connection.execute(select(Document.__table__).where(Document.id == document_id))
    row = found.one_or_none()
    if row is None and await last(connection, document_id):
        raise DamagedDocument(f'{document_id}: its line in the list of documents is missing')
    if row is None or row.deleted_at == 0:  # discarded: perhaps not all of it is there any more
        raise UnknownDocument(document_id)
    if row.deleted_at is not None:
        raise DeletedDocument(document_id)
    return row


def info(row: AnyRow) -> DocumentInfo:
    """A row of the documents as the rooms know it."""
    return DocumentInfo(row.id, row.title, row.created_at, row.changed_at, row.changed_by, row.language)


async def bound(connection: AsyncConnection, document_id: str) -> int:
    """Number of the last update that is in a chapter; 0 when none is. Raises DamagedDocument."""
    wanted = select(func.max(ChapterRow.last_seq)).where(ChapterRow.document_id == document_id)
    last = await connection.scalar(wanted) or 0
    if not isinstance(last, int):
        raise DamagedDocument(f'{document_id}: it is not known where its last chapter ends')
    return last


async def beginning(connection: AsyncConnection, document_id: str) -> int:
    """The last update of the lives before the one in which the last chapter was written."""
    wanted = select(func.max(ChapterRow.first_seq)).where(
        ChapterRow.document_id == document_id, ChapterRow.begins_life == 1
    )
    first = await connection.scalar(wanted)
    return first - 1 if isinstance(first, int) else 0


async def snapshot(
    connection: AsyncConnection, document_id: str, base: int, before: int | None
) -> AnyRow | None:
    """The newest snapshot after update `base`, and before update `before` if that is given."""
    wanted = select(Snapshot.__table__).where(Snapshot.document_id == document_id, Snapshot.seq > base)
    if before is not None:
        wanted = wanted.where(Snapshot.seq < before)
    return (await connection.execute(wanted.order_by(Snapshot.seq.desc()).limit(1))).one_or_none()


async def last(connection: AsyncConnection, document_id: str) -> int:
    """Number of the last update in the log; 0 when it is empty."""
    wanted = select(func.max(Update.seq)).where(Update.document_id == document_id)
    return await connection.scalar(wanted) or await bound(connection, document_id)


async def chapters(connection: AsyncConnection, document_id: str, after: int) -> Sequence[AnyRow]:
    """The chapters that do not end before update `after` is over, in order."""
    wanted = select(ChapterRow.__table__).where(
        ChapterRow.document_id == document_id, ChapterRow.last_seq > after
    )
    return (await connection.execute(wanted.order_by(ChapterRow.last_seq))).all()


async def tail(connection: AsyncConnection, document_id: str, after: int) -> Sequence[AnyRow]:
    """The updates behind update `after` that stand by themselves."""
    found = await connection.execute(
        select(Update.seq, Update.author, Update.created_at, Update.update, Update.checksum)
        .where(Update.document_id == document_id, Update.seq > after)
        .order_by(Update.seq)
    )
    return found.all()


async def writers(connection: AsyncConnection, document_id: str) -> Sequence[AnyRow]:
    """Whose each client id is, and the life that it belongs to."""
    found = await connection.execute(
        select(Replica.client_id, Replica.author, Replica.epoch).where(Replica.document_id == document_id)
    )
    return found.all()
