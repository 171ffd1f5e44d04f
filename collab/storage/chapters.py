"""Makes a log shorter: chapters in place of updates that were written long ago, and the log read in order."""

import asyncio
import sqlite3
from collections.abc import Sequence
from itertools import accumulate

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from collab.aside import aside
from collab.rooms.ports import Chapter, DamagedDocument, LogRow, LogSize, RestoredDocument, StoredDocument
from collab.storage import checksums, finding
from collab.storage.finding import AnyRow, proven_chapter, proven_row, telling_damage
from collab.storage.log import end_of
from collab.storage.opening import Reading
from models import Chapter as ChapterRow
from models import Database, Update

BOUND = 'SELECT max(last_seq) FROM chapters WHERE document_id = ?'
ADD = (
    'INSERT INTO chapters (document_id, last_seq, first_seq, begins_life, created_at, content, checksum) '
    'VALUES (?, ?, ?, ?, ?, ?, ?)'
)
REMOVE = 'DELETE FROM updates WHERE document_id = ? AND seq >= ? AND seq <= ?'
FORGET = 'DELETE FROM snapshots WHERE document_id = ? AND seq >= ? AND seq < ?'

SPARE, AT_ONCE = 32, 128
"""Free pages of the file that are left for what comes next, and how many of the others are given back after
each chapter: few, because whoever types waits meanwhile."""


class Chapters:
    """The part of the store that knows of chapters."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def log_size(self, document_id: str) -> LogSize:
        """How much the log holds. Looks at each update that is in no chapter, but reads none."""
        with telling_damage(document_id):
            return await self._database.read(lambda connection: _size(connection, document_id))

    async def rows(
        self, document_id: str, most: int | None = None, size: int | None = None
    ) -> Sequence[LogRow]:
        """The first updates that are in no chapter, proven. Raises as the port says."""
        with telling_damage(document_id):
            bound, found = await self._database.read(
                lambda connection: _rows(connection, document_id, most, size)
            )
        return await aside(_prove_rows, document_id, bound, found)

    async def chapter(self, document_id: str, after: int, epoch: int) -> Chapter | None:
        """The chapter that begins behind update `after`, proven. Raises as the port says."""

        async def work(connection: AsyncConnection) -> AnyRow | None:
            if (await finding.document(connection, document_id)).epoch != epoch:
                raise RestoredDocument(document_id)
            wanted = select(ChapterRow.__table__).where(
                ChapterRow.document_id == document_id, ChapterRow.last_seq > after
            )
            return (await connection.execute(wanted.order_by(ChapterRow.last_seq).limit(1))).one_or_none()

        with telling_damage(document_id):
            row = await self._database.read(work)
        return None if row is None else proven_chapter(row, after)

    async def load_bound(self, document_id: str) -> StoredDocument:
        """The document as it was after the last chapter. Raises as the port says."""
        with telling_damage(document_id):
            return await self._prove(document_id, bound=True)

    async def bind(self, document_id: str, chapter: Chapter, epoch: int) -> None:
        """Put the chapter in place of its updates. Raises as the port says."""
        await self._database.write_at_once(_Binding(document_id, chapter, epoch).write)
        await self._database.write_at_once(_give_back)

    async def _prove(self, document_id: str, *, bound: bool = False) -> StoredDocument:
        in_thread = aside if bound else asyncio.to_thread  # for the whole document, somebody may wait
        before = None
        while True:
            reading = await self._read(document_id, before, bound)
            # Off the event loop: a long log takes a while to prove, and others are typing.
            if await in_thread(reading.has_sound_snapshot):
                return await in_thread(reading.prove)
            found = reading.snapshot.seq if reading.snapshot else 0
            before = found if isinstance(found, int) else 0  # a damaged one may be anything

    async def _read(self, document_id: str, before: int | None, bound: bool) -> Reading:
        take = Reading.take_bound if bound else Reading.take
        return await self._database.read(lambda connection: take(connection, document_id, before))


class _Binding:
    """A chapter on its way into the log."""

    def __init__(self, document_id: str, chapter: Chapter, epoch: int) -> None:
        self._name = document_id
        self._chapter = chapter
        self._epoch = epoch
        kind = int(chapter.begins_life)
        place = (chapter.first_seq, chapter.last_seq)
        self._checksum = checksums.of_chapter(document_id, *place, kind, chapter.created_at, chapter.content)
        self._row = (*place[::-1], kind, chapter.created_at, chapter.content, self._checksum)

    def write(self, connection: sqlite3.Connection) -> None:
        """Everything or nothing of it. Raises UnknownDocument, RestoredDocument, DamagedDocument."""
        name, first, last = self._name, self._chapter.first_seq, self._chapter.last_seq
        _end, epoch = end_of(connection, name)
        if epoch != self._epoch:
            raise RestoredDocument(name)
        (bound,) = connection.execute(BOUND, (name,)).fetchone()
        gone = connection.execute(REMOVE, (name, first, last)).rowcount
        if first != (bound or 0) + 1 or gone != last - first + 1:
            raise DamagedDocument(f'{name}: updates {first} to {last} are not all there')
        connection.execute(ADD, (name, *self._row))
        connection.execute(FORGET, (name, first, last))


def _give_back(connection: sqlite3.Connection) -> None:
    """Make the file shorter if much of it is free. One that an older Collab made stays as long as it is."""
    (free,) = connection.execute('PRAGMA freelist_count').fetchone()
    for _ in range(min(free - SPARE, AT_ONCE)):
        connection.execute('PRAGMA incremental_vacuum(1)')  # Python's driver would not go on to a second page


async def _size(connection: AsyncConnection, document_id: str) -> LogSize:
    head = await finding.document(connection, document_id)
    bound = await finding.bound(connection, document_id)
    in_chapters = select(func.count(), func.sum(func.length(ChapterRow.content)))
    alone = select(func.count(), func.sum(func.length(Update.update)))
    first = select(Update.created_at).where(Update.document_id == document_id, Update.seq > bound)
    chapters = (await connection.execute(in_chapters.where(ChapterRow.document_id == document_id))).one()
    rows = (await connection.execute(alone.where(Update.document_id == document_id))).one()
    since = await connection.scalar(first.order_by(Update.seq).limit(1))
    return LogSize(head.epoch, bound, chapters[0], chapters[1] or 0, rows[0], rows[1] or 0, since)


async def _rows(
    connection: AsyncConnection, document_id: str, most: int | None, size: int | None
) -> tuple[int, Sequence[AnyRow]]:
    await finding.document(connection, document_id)
    bound = await finding.bound(connection, document_id)
    after = (Update.document_id == document_id, Update.seq > bound)
    wanted = select(Update.__table__).where(*after)
    if size is not None:
        lengths = select(Update.seq, func.length(Update.update)).where(*after).order_by(Update.seq)
        found = (await connection.execute(lengths.limit(most))).all()
        wanted = wanted.where(Update.seq <= _reaching(found, size))
    return bound, (await connection.execute(wanted.order_by(Update.seq).limit(most))).all()


def _reaching(found: Sequence[AnyRow], size: int) -> int:
    """Number of the update with which their lengths come to so many bytes, or of the last of them."""
    totals = accumulate(row[1] or 0 for row in found)
    enough = (row.seq for row, total in zip(found, totals, strict=True) if total >= size)
    return next(enough, found[-1].seq if found else 0)


def _prove_rows(document_id: str, bound: int, found: Sequence[AnyRow]) -> Sequence[LogRow]:
    return [proven_row(document_id, seq, row) for seq, row in enumerate(found, bound + 1)]
