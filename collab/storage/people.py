"""The names and colours that people chose, kept for their next visit."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from models import Database, Person


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One person as they want to be seen."""

    id: str
    name: str
    color: str


class People:
    """Everybody who ever chose a name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, person_id: str) -> PersonRecord | None:
        """The person with this id, or None for somebody new."""
        wanted = select(Person.id, Person.name, Person.color).where(Person.id == person_id)
        for row in await self._database.select(wanted):
            return PersonRecord(row.id, row.name, row.color)
        return None

    async def names(self, person_ids: Collection[str]) -> dict[str, str]:
        """The names that these people chose; who never chose one is left out."""
        wanted = select(Person.id, Person.name).where(Person.id.in_(person_ids))
        return {row.id: row.name for row in await self._database.select(wanted)}

    async def save(self, person_id: str, name: str, color: str, at: int) -> None:
        """Keep the name and colour, in place of earlier ones. `at` is in milliseconds since the epoch."""
        chosen = {'name': name, 'color': color, 'changed_at': at}
        change = insert(Person).values(id=person_id, **chosen)
        change = change.on_conflict_do_update(index_elements=['id'], set_=chosen)
        await self._database.write(lambda connection: connection.execute(change))
