"""A person's name and colour are there on the next visit."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from collab.storage.people import People, PersonRecord
from models import Database, open_database


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f'sqlite+aiosqlite:///{tmp_path}/collab.db'


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = open_database(url)
    yield opened
    await opened.dispose()


async def test_somebody_new_is_unknown(database: Database) -> None:
    assert await People(database).get('ada') is None


async def test_a_name_and_a_colour_survive_a_restart(database: Database, url: str) -> None:
    await People(database).save('ada', 'Ada Łukasz 🙂', '#aa3300', 1)
    await database.dispose()
    again = open_database(url)
    assert await People(again).get('ada') == PersonRecord('ada', 'Ada Łukasz 🙂', '#aa3300')
    await again.dispose()


async def test_the_last_choice_counts_and_touches_nobody_else(database: Database) -> None:
    people = People(database)
    await people.save('ada', 'Ada', '#aa3300', 1)
    await people.save('bob', 'Bob', '#0033aa', 2)
    await people.save('ada', 'Countess', '#006600', 3)
    assert await people.get('ada') == PersonRecord('ada', 'Countess', '#006600')
    assert await people.get('bob') == PersonRecord('bob', 'Bob', '#0033aa')
