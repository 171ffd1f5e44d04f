"""The one door to documents: those that are open, and the list of all there are."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

from collab.document.people import Person
from collab.rooms.allowance import Rate
from collab.rooms.catalogue import Catalogue
from collab.rooms.editing import CODE
from collab.rooms.history import Revision, history
from collab.rooms.images import images_of
from collab.rooms.naming import check_text, clean_id, clean_language, clean_title
from collab.rooms.opened import DOCUMENT_LIMIT, loaded
from collab.rooms.paces import Paces
from collab.rooms.ports import DocumentInfo, LogSize
from collab.rooms.watching import Happening

__all__ = ['DOCUMENT_LIMIT', 'UPLOAD_LIMIT', 'Hub']

UPLOAD_LIMIT = 100_000_000
"""Bytes of all files that somebody brings at once."""

MAKING = Rate(500_000, 200_000_000)
"""Bytes of documents and pictures that one person makes; a document counts for SMALLEST and its text."""
TOGETHER = Rate(5_000_000, 2_000_000_000)
"""Bytes of documents that all people make."""
MOST_DEBT = 5_000_000.0
SMALLEST = 10_000
NAMES = Rate(5, 1_000)
"""How often one person gives a document a new name; while a title is typed it is stored a few times."""

DELETED = ('gone', 'This document was deleted. Open its link again to take it back.')


class Hub(Catalogue):
    """All documents. The way to a live one is `async with hub.open(document_id) as room`.

    What fills the database raises TooFast when somebody does very much of it.
    """

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._paces = Paces(MAKING, self.allowances.clock, MOST_DEBT, TOGETHER)
        self._names = Paces(NAMES, self.allowances.clock, 1.0)

    async def create(
        self, title: str = '', *, document_id: str | None = None, text: str = '', author: str = ''
    ) -> DocumentInfo:
        """Make a document, with a text if one is given. Raises DocumentExists, ValueError for a bad id."""
        size = SMALLEST + check_text(text, self._limit)
        self._paces.take(author, size)
        chosen = secrets.token_urlsafe(16) if document_id is None else clean_id(document_id)
        info = await self._store.create(chosen, clean_title(title), self._now(), author)
        self._paces.count(size)
        if text:
            await self._begin(info.id, text, author)
        self.tell(Happening.TITLE)
        return info

    async def describe(self, document_id: str) -> DocumentInfo:
        """What the list says of one document. Raises UnknownDocument."""
        return await self._store.describe(document_id)

    async def log_size(self, document_id: str) -> LogSize:
        """How much is stored of all that was ever written in it. Raises UnknownDocument."""
        return await self._store.log_size(document_id)

    def history(self, document_id: str) -> AsyncIterator[Revision]:
        """All that was ever written in it, in order; see collab.rooms.history."""
        return history(self._store, document_id)

    async def rename(self, document_id: str, title: str, author: str = '') -> DocumentInfo:
        """Give it a new title, on every screen at once. Raises UnknownDocument, ValueError."""
        self._names.take(author)
        info = await self._store.rename(document_id, clean_title(title), self._now(), author)
        if (room := self.room(document_id)) is not None:
            room.retitle(info.title)
        self.tell(Happening.TITLE)
        return info

    async def set_language(self, document_id: str, language: str) -> None:
        """Say what its text is written in, on every page at once. Raises UnknownDocument, ValueError."""
        await self._store.set_language(document_id, clean_language(language))
        if (room := self.room(document_id)) is not None:
            room.language = language
            room.tell(Happening.LANGUAGE)

    async def delete(self, document_id: str) -> None:
        """Move it to the trash with all that was typed; who is in it is told. Raises UnknownDocument."""
        await self._store.delete(document_id, self._now())
        opening = self._open.get(document_id)
        if opening is not None:
            await asyncio.wait([opening.loading])  # who is about to come in must hear of it too
            if (room := loaded(opening)) is not None:
                room.close(*DELETED)
                await room.saved()
        self.tell(Happening.GONE)

    async def restore(self, document_id: str) -> DocumentInfo:
        """Take it back out of the trash. Raises UnknownDocument."""
        info = await self._store.restore(document_id)
        self.tell(Happening.TITLE)
        return info

    async def duplicate(self, document_id: str, title: str, author: str = '') -> DocumentInfo:
        """Make another document with the text, pictures and language of this one. Raises as `open` does."""
        async with self.open(document_id) as room:
            text, language = room.text, room.language
        size = len(text.encode()) + await self._store.image_bytes(document_id)
        self._paces.take(author, size)
        self._paces.count(size)
        info = await self.create(title, author=author)
        if language != info.language:
            await self.set_language(info.id, language)
        if (theirs := images_of(document_id)) in text:
            await self._store.copy_images(document_id, info.id)
            text = text.replace(theirs, images_of(info.id))
        if text:
            await self._begin(info.id, text, author)
        return replace(info, language=language)

    async def _begin(self, document_id: str, text: str, author: str) -> None:
        async with self.open(document_id) as room:
            room.insert(0, text, author or CODE)
            await room.saved()

    async def ready(self) -> None:
        """Returns when the store answers, raises what it raises otherwise."""
        await self._store.ping()

    def people(self, document_id: str) -> Sequence[Person]:
        """Who is in the document just now."""
        return room.people() if (room := self.room(document_id)) is not None else ()

    def rename_person(self, person: Person) -> None:
        """Somebody changed their name or colour: show it wherever they are."""
        for room in self._rooms():
            room.rename_person(person)
