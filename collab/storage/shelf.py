"""Lists the documents of the database page by page, keeps pins, and finds documents by their words."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select, tuple_
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from collab.rooms.shelf import DocumentInfo, Found, Indexed, Lag, Order, sort_key
from collab.storage import finding
from collab.storage.finding import info
from collab.storage.search import SearchIndex
from models import Database, Document, Pin

LIVING = Document.deleted_at.is_(None)


class Shelf:
    """The part of the store that knows of lists; it fits `collab.rooms.shelf`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._index = SearchIndex(database.file)

    async def list(self) -> Sequence[DocumentInfo]:
        """All documents that are not in the trash, last changed first."""
        wanted = select(Document.__table__).where(LIVING)
        return await self._infos(wanted.order_by(Document.changed_at.desc(), Document.id))

    async def page(
        self, order: Order, limit: int, after: DocumentInfo | None = None, person: str = ''
    ) -> Sequence[DocumentInfo]:
        """The next documents behind the one given, as the port says."""
        pins = select(Pin.document_id).where(Pin.person_id == person)
        wanted = select(Document.__table__).where(LIVING, Document.id.not_in(pins))
        if after is not None:
            wanted = wanted.where(_behind(order, after))
        key = Document.sort_key if order is Order.TITLE else _moment(order).desc()
        return await self._infos(wanted.order_by(key, Document.id).limit(limit))

    async def count(self) -> int:
        """How many documents are not in the trash."""
        wanted = select(func.count()).select_from(Document).where(LIVING)
        return int((await self._database.select(wanted))[0][0])

    async def pinned(self, person: str) -> Sequence[DocumentInfo]:
        """What this person has pinned, first pinned first."""
        wanted = select(Document.__table__).join(Pin, Pin.document_id == Document.id)
        mine = wanted.where(LIVING, Pin.person_id == person)
        return await self._infos(mine.order_by(Pin.created_at, Document.id))

    async def pin(self, person: str, document_id: str, at: int) -> None:
        """Pin it for this person. Raises UnknownDocument."""
        pin = insert(Pin).values(person_id=person, document_id=document_id, created_at=at)

        async def work(connection: AsyncConnection) -> None:
            await finding.document(connection, document_id)
            await connection.execute(pin.on_conflict_do_nothing())

        await self._database.write(work)

    async def unpin(self, person: str, document_id: str) -> None:
        """Pin it no more."""
        change = delete(Pin).where(Pin.person_id == person, Pin.document_id == document_id)
        await self._database.write(lambda connection: connection.execute(change))

    async def search(self, query: str, limit: int) -> Sequence[Found]:
        """The documents that hold every word of the query, best first."""
        return await self._index.search(query, limit)

    async def behind(self) -> Sequence[Lag]:
        """The documents that the index does not hold as they are, last changed first."""
        return await self._index.behind()

    async def index(self, documents: Sequence[Indexed]) -> None:
        """Let these be found by their titles and texts."""
        await self._index.index(documents)

    async def _infos(self, wanted: Select[*tuple[Any, ...]]) -> Sequence[DocumentInfo]:
        return [info(row) for row in await self._database.select(wanted)]


def _moment(order: Order) -> Any:
    return Document.created_at if order is Order.CREATED else Document.changed_at


def _behind(order: Order, after: DocumentInfo) -> ColumnElement[bool]:
    if order is Order.TITLE:
        return tuple_(Document.sort_key, Document.id) > tuple_(sort_key(after.title), after.id)
    at = after.created_at if order is Order.CREATED else after.changed_at
    return tuple_(-_moment(order), Document.id) > tuple_(-at, after.id)
