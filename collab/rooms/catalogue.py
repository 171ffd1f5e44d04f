"""All documents as lists show them: sorted, pinned, found, and in the trash."""

from collections.abc import Sequence

from collab.rooms.opened import OpenDocuments
from collab.rooms.shelf import DocumentInfo, Found, Order, Trashed
from collab.rooms.watching import Happening


class Catalogue(OpenDocuments):
    """What can be asked about documents without opening them."""

    async def list(self) -> Sequence[DocumentInfo]:
        """All documents but those in the trash, last changed first."""
        return await self._store.list()

    async def page(
        self, order: Order, limit: int, after: DocumentInfo | None = None, person: str = ''
    ) -> Sequence[DocumentInfo]:
        """Some documents of a sorted list, behind the one given; without what this person has pinned."""
        return await self._store.page(order, limit, after, person)

    async def count(self) -> int:
        """How many documents there are, without those in the trash."""
        return await self._store.count()

    async def pinned(self, person: str) -> Sequence[DocumentInfo]:
        """What this person has pinned."""
        return await self._store.pinned(person)

    async def pin(self, person: str, document_id: str, pinned: bool) -> None:
        """Pin it for this person, or pin it no more. Raises UnknownDocument."""
        if pinned:
            await self._store.pin(person, document_id, self._now())
        else:
            await self._store.unpin(person, document_id)
        self.tell(Happening.TITLE)

    async def search(self, query: str, limit: int = 50) -> Sequence[Found]:
        """The documents whose title and text hold every word of the query, as of a few seconds ago."""
        return await self._store.search(query, limit)

    async def trashed(self, limit: int = 200) -> Sequence[Trashed]:
        """What is in the trash, last deleted first; after 30 days it is deleted for good."""
        return await self._store.trashed(limit)

    async def discard(self, document_id: str) -> None:
        """Delete it for good. Raises UnknownDocument unless it is in the trash."""
        await self._store.discard(document_id)
        self.emptying.ask()
        self.tell(Happening.GONE)
