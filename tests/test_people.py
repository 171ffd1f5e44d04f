"""A person's name and colour are there on the next visit."""

from collections.abc import AsyncIterator, Callable
from itertools import product
from pathlib import Path
from sys import getrefcount

import pytest

from collab.document.people import ADJECTIVES, ANIMALS, NAME_LENGTH, clean_color, clean_name, guest
from collab.language.catalogue import translations
from collab.language.choosing import LANGUAGES
from collab.pages import guests
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


def test_guests_are_called_alike_by_the_core_and_by_english_pages() -> None:
    assert ', '.join(ADJECTIVES) == guests.ADJECTIVES
    assert ', '.join(ANIMALS) == guests.ANIMALS
    assert guests.guest_here('ada') == guest('ada')


@pytest.mark.parametrize('language', LANGUAGES)
def test_a_guest_has_a_name_in_every_language_that_can_be_shown_as_it_is(language: str) -> None:
    said = translations(language).gettext
    adjectives, animals = said(guests.ADJECTIVES).split(', '), said(guests.ANIMALS).split(', ')
    assert len(set(adjectives)) == len(ADJECTIVES)
    assert len(set(animals)) == len(ANIMALS)
    for adjective, animal in product(adjectives, animals):
        name = said('{adjective} {animal}').format(adjective=adjective, animal=animal)
        assert clean_name(name) == name
        assert len(name) < NAME_LENGTH


@pytest.mark.parametrize(
    ('cleaned', 'said'), [(clean_name, 'Ada'), (clean_color, '#1a4fc4')], ids=['name', 'colour']
)
def test_a_name_or_colour_of_a_megabyte_is_not_remembered(cleaned: Callable[[str], str], said: str) -> None:
    """A thousand of them were, for as long as the server ran."""
    forged = said + ' ' * 1_000_000
    held = getrefcount(forged)
    assert cleaned(forged) == said
    assert getrefcount(forged) == held
