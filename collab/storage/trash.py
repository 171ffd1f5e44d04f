"""What becomes of documents in the trash: they are listed, and in time deleted for good, in small steps."""

import sqlite3
from collections.abc import Sequence
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from collab.rooms.ports import UnknownDocument
from collab.rooms.shelf import Trashed
from collab.storage.finding import info
from models import Database, Document

DISCARDED = 0
"""In place of the time of deletion: it does not come back."""

NEXT = 'SELECT id FROM documents WHERE deleted_at < ? ORDER BY deleted_at LIMIT 1'
TAKE = f'UPDATE documents SET deleted_at = {DISCARDED} WHERE id = ?'
LARGE = (
    ('updates', 'seq', 50),
    ('chapters', 'last_seq', 4),
    ('snapshots', 'seq', 1),
    ('images', 'id', 1),
    ('messages', 'number', 500),
)
"""Tables, and how many rows of each are deleted at once: whoever types waits meanwhile."""
SMALL = ('replicas', 'pins', 'readings')


class Trash:
    """The part of the store that knows of the trash."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def trashed(self, limit: int) -> Sequence[Trashed]:
        """What is in the trash, last deleted first."""
        wanted = select(Document.__table__).where(Document.deleted_at > DISCARDED)
        rows = await self._database.select(wanted.order_by(Document.deleted_at.desc()).limit(limit))
        return [Trashed(info(row), row.deleted_at) for row in rows]

    async def discard(self, document_id: str) -> None:
        """Never give it back. Raises UnknownDocument unless it is in the trash."""
        change = update(Document).where(Document.id == document_id, Document.deleted_at > DISCARDED)

        async def work(connection: AsyncConnection) -> None:
            if (await connection.execute(change.values(deleted_at=DISCARDED))).rowcount == 0:
                raise UnknownDocument(document_id)

        await self._database.write(work)

    async def purge(self, before: int) -> bool:
        """Delete a little of what is there since before `before`; whether some is left."""
        return await self._database.write_at_once(partial(_purge, before=before))


def _purge(connection: sqlite3.Connection, before: int) -> bool:
    found = connection.execute(NEXT, (before,)).fetchone()
    if found is None:
        return False
    connection.execute(TAKE, found)
    for table, key, most in LARGE:
        some = f'SELECT {key} FROM {table} WHERE document_id = ? LIMIT {most}'
        change = f'DELETE FROM {table} WHERE document_id = ? AND {key} IN ({some})'
        if connection.execute(change, found * 2).rowcount:
            return True
    for table in SMALL:
        connection.execute(f'DELETE FROM {table} WHERE document_id = ?', found)
    connection.execute('DELETE FROM documents WHERE id = ?', found)
    return True
