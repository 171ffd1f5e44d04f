"""The texts that people keep as templates, each for themselves."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select

from models import Database, Template

MOST = 50
"""Templates of one person."""
LONGEST = 200_000
"""Bytes of the text of a template."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A template in the list of its owner."""

    id: str
    title: str


class TooLong(ValueError):
    """The text holds more than LONGEST bytes."""


class TooMany(ValueError):
    """Somebody has MOST templates already."""


class Templates:
    """All templates; each call is about those of one person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, person_id: str) -> Sequence[Kept]:
        """The templates of this person, by the time they were kept."""
        wanted = select(Template.id, Template.title).where(Template.person_id == person_id)
        rows = await self._database.select(wanted.order_by(Template.created_at, Template.id))
        return [Kept(row.id, row.title) for row in rows]

    async def text(self, person_id: str, template_id: str) -> str | None:
        """The text of a template, or None when it is there no more."""
        wanted = select(Template.text).where(Template.person_id == person_id, Template.id == template_id)
        for row in await self._database.select(wanted):
            return str(row.text)
        return None

    async def keep(self, person_id: str, title: str, text: str, at: int) -> Kept:
        """Keep this text. Raises TooLong, TooMany."""
        if len(text.encode()) > LONGEST:
            raise TooLong(title)
        count = select(func.count()).select_from(Template).where(Template.person_id == person_id)
        if (await self._database.select(count))[0][0] >= MOST:
            raise TooMany(person_id)
        kept = Kept(secrets.token_urlsafe(9), title)
        row = {'person_id': person_id, 'id': kept.id, 'title': title, 'text': text, 'created_at': at}
        await self._database.write(lambda connection: connection.execute(insert(Template), row))
        return kept

    async def remove(self, person_id: str, template_id: str) -> None:
        """Keep it no more; what was made of it stays."""
        change = delete(Template).where(Template.person_id == person_id, Template.id == template_id)
        await self._database.write(lambda connection: connection.execute(change))
