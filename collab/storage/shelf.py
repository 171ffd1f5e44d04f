"""Lists the documents of the database, and finds them by their words."""

from collections.abc import Sequence

from sqlalchemy import select

from collab.rooms.shelf import DocumentInfo, Found, Indexed, Lag
from collab.storage.finding import info
from collab.storage.search import SearchIndex
from models import Database, Document


class Shelf:
    """The part of the store that knows of lists; it fits `collab.rooms.shelf`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._index = SearchIndex(database.file)

    async def list(self) -> Sequence[DocumentInfo]:
        """All documents that are not in the trash, last changed first."""
        wanted = (
            select(Document.__table__)
            .where(Document.deleted_at.is_(None))
            .order_by(Document.changed_at.desc(), Document.id)
        )
        return [info(row) for row in await self._database.select(wanted)]

    async def search(self, query: str, limit: int) -> Sequence[Found]:
        """The documents that hold every word of the query, best first."""
        return await self._index.search(query, limit)

    async def behind(self) -> Sequence[Lag]:
        """The documents that the index does not hold as they are, last changed first."""
        return await self._index.behind()

    async def index(self, documents: Sequence[Indexed]) -> None:
        """Let these be found by their titles and texts."""
        await self._index.index(documents)
