"""What one person's list of documents holds: their pins first, then page by page, or what they search for."""

from collections.abc import Sequence
from dataclasses import dataclass

from collab.document.people import Person
from collab.pages.visitors import Visitors
from collab.rooms.hub import Hub
from collab.rooms.ports import DocumentInfo
from collab.rooms.shelf import Found, Order

PAGE = 30
"""Documents shown at first, and by every click on "Show more"."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list."""

    info: DocumentInfo
    by: str = ''
    """The name of who changed it last; empty when nobody knows."""
    pinned: bool = False
    found: Found | None = None
    """Why it was found, when somebody searches."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What is to be shown."""

    entries: Sequence[Entry]
    left: int = 0
    """How many more there are."""
    empty: bool = False
    """There is no document at all."""


class Contents:
    """Reads what is shown, and no more than that, however many documents there are."""

    def __init__(self, hub: Hub, visitors: Visitors, me: Person, order: Order) -> None:
        self._hub = hub
        self._visitors = visitors
        self._me = me
        self.order = order
        self._last: DocumentInfo | None = None

    async def first(self, limit: int = PAGE) -> Listed:
        """The pinned ones, and so many of the others."""
        pinned = await self._hub.pinned(self._me.id)
        page = await self._hub.page(self.order, limit, None, self._me.id)
        return await self._listed([*await self._entries(pinned, pinned=True)], page)

    async def more(self, shown: Listed) -> Listed:
        """The next page behind what is shown."""
        page = await self._hub.page(self.order, PAGE, self._last, self._me.id)
        return await self._listed(shown.entries, page)

    async def search(self, query: str) -> Listed:
        """What is found by these words."""
        found = {one.info.id: one for one in await self._hub.search(query)}
        pins = {info.id for info in await self._hub.pinned(self._me.id)}
        names = await self._visitors.names({one.info.changed_by for one in found.values()})
        return Listed(
            [
                Entry(one.info, names.get(one.info.changed_by, ''), one.info.id in pins, one)
                for one in found.values()
            ]
        )

    async def _listed(self, before: Sequence[Entry], page: Sequence[DocumentInfo]) -> Listed:
        self._last = page[-1] if page else self._last
        entries = [*before, *await self._entries(page)]
        count = await self._hub.count()
        return Listed(entries, max(0, count - len(entries)), empty=not count)

    async def _entries(self, infos: Sequence[DocumentInfo], *, pinned: bool = False) -> list[Entry]:
        names = await self._visitors.names({info.changed_by for info in infos})
        return [Entry(info, names.get(info.changed_by, ''), pinned) for info in infos]
