"""Keeps what is said beside documents, and how far each person has read it."""

import sqlite3
from collections.abc import Sequence
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from collab.rooms.ports import UnknownDocument
from collab.rooms.talk import Message
from collab.storage import finding
from models import Database, Reading
from models import Message as Row

LIVES = 'SELECT 1 FROM documents WHERE id = ? AND deleted_at IS NULL'
LAST = 'SELECT coalesce(max(number), 0) FROM messages WHERE document_id = ?'
ADD = 'INSERT INTO messages (document_id, number, author, created_at, text) VALUES (?, ?, ?, ?, ?)'
SAW = """
    INSERT INTO readings (person_id, document_id, number) SELECT ?, id, ? FROM documents WHERE id = ?
    ON CONFLICT (person_id, document_id) DO UPDATE SET number = max(number, excluded.number)
"""


class Talks:
    """The messages of all documents; it fits `collab.rooms.talk.Messages`, where its promises are written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, document_id: str, author: str, text: str, at: int) -> Message:
        """Keep it as the next message. Raises UnknownDocument."""
        return await self._database.write_at_once(partial(_add, document_id, author, text, at))

    async def before(self, document_id: str, number: int | None, limit: int) -> Sequence[Message]:
        """The last messages before this one, first said first. Raises UnknownDocument."""
        wanted = select(Row).where(Row.document_id == document_id)
        if number is not None:
            wanted = wanted.where(Row.number < number)

        async def work(connection: AsyncConnection) -> Sequence[Message]:
            await finding.document(connection, document_id)
            rows = (await connection.execute(wanted.order_by(Row.number.desc()).limit(limit))).all()
            found = [Message(document_id, row.number, row.author, row.created_at, row.text) for row in rows]
            return found[::-1]

        return await self._database.read(work)

    async def unseen(self, document_id: str, person: str, most: int) -> int:
        """How many messages of others this person has not seen, counted up to `most`."""
        mine = (Reading.person_id == person, Reading.document_id == document_id)
        seen = func.coalesce(select(Reading.number).where(*mine).scalar_subquery(), 0)
        others = (Row.document_id == document_id, Row.author != person, Row.number > seen)
        wanted = select(func.count()).select_from(select(Row.number).where(*others).limit(most).subquery())
        return int((await self._database.select(wanted))[0][0])

    async def saw(self, document_id: str, person: str, number: int) -> None:
        """This person has seen all messages up to this one."""
        await self._database.write_at_once(
            lambda connection: connection.execute(SAW, (person, number, document_id)) and None
        )


def _add(document_id: str, author: str, text: str, at: int, connection: sqlite3.Connection) -> Message:
    if connection.execute(LIVES, (document_id,)).fetchone() is None:
        raise UnknownDocument(document_id)
    number = connection.execute(LAST, (document_id,)).fetchone()[0] + 1
    connection.execute(ADD, (document_id, number, author, at, text))
    return Message(document_id, number, author, at, text)
