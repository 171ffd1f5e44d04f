"""Keeps the pictures of documents, in the one file with everything else."""

import sqlite3
from functools import partial

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from collab.rooms.images import Picture
from collab.rooms.ports import UnknownDocument
from collab.storage import finding
from models import Database, Image

LIVES = 'SELECT 1 FROM documents WHERE id = ? AND deleted_at IS NULL'
KEEP = """
    INSERT OR IGNORE INTO images (document_id, id, kind, author, created_at, data) VALUES (?, ?, ?, ?, ?, ?)
"""


class Gallery:
    """All pictures; it fits `collab.rooms.images.Pictures`, where its promises are written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, picture: Picture, author: str, at: int) -> None:
        """Keep it. Raises UnknownDocument."""
        await self._database.write_at_once(partial(_keep, picture, author, at))

    async def find(self, document_id: str, picture_id: str) -> Picture | None:
        """The picture; None when there is none. Raises UnknownDocument."""
        wanted = select(Image.kind, Image.data).where(
            Image.document_id == document_id, Image.id == picture_id
        )

        async def work(connection: AsyncConnection) -> Picture | None:
            await finding.document(connection, document_id)
            row = (await connection.execute(wanted)).one_or_none()
            return None if row is None else Picture(document_id, picture_id, row.kind, row.data)

        return await self._database.read(work)


def _keep(picture: Picture, author: str, at: int, connection: sqlite3.Connection) -> None:
    if connection.execute(LIVES, (picture.document_id,)).fetchone() is None:
        raise UnknownDocument(picture.document_id)
    row = (picture.document_id, picture.id, picture.kind, author, at, picture.data)
    connection.execute(KEEP, row)
