"""Keeps the pictures of documents, in the one file with everything else."""

import sqlite3
from functools import partial
from pathlib import Path

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

    async def write(self, document_id: str, folder: Path) -> None:
        """Write each picture of a document that is as it was kept to its address below a folder."""
        wanted = select(Image.id).where(Image.document_id == document_id)
        for row in await self._database.select(wanted):
            picture = await self.find(document_id, row.id)
            if picture is not None and picture.is_sound:
                _write(folder, picture)


def _keep(picture: Picture, author: str, at: int, connection: sqlite3.Connection) -> None:
    if connection.execute(LIVES, (picture.document_id,)).fetchone() is None:
        raise UnknownDocument(picture.document_id)
    row = (picture.document_id, picture.id, picture.kind, author, at, picture.data)
    connection.execute(KEEP, row)


def _write(folder: Path, picture: Picture) -> None:
    file = (folder / picture.address.lstrip('/')).resolve()
    if file.is_relative_to(folder.resolve()):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(picture.data)
