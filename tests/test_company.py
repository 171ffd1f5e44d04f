"""Who came and who went is said in one line, however many they are."""

import pytest
from nicegui import ui
from nicegui.testing import User

from collab.document.people import Person
from collab.pages.company import Company
from tests.support.rooms import becomes

pytestmark = pytest.mark.nicegui_main_file(None)


def persons(*names: str) -> list[Person]:
    return [Person(name.lower(), name, '#24479c') for name in names]


@pytest.fixture
def heard() -> list[str]:
    """What is read aloud."""
    return []


@pytest.fixture
async def company(user: User, heard: list[str]) -> Company:
    """A page whose reader found Ann here."""
    made: list[Company] = []

    def page() -> None:
        made.append(Company(ui.context.client, 'me', heard.append, pause=0.05))

    ui.page('/')(page)
    await user.open('/')
    made[0].show(persons('Ann', 'Me'))
    return made[0]


async def says(company: Company, words: str) -> None:
    await becomes(lambda: company._line is not None and company._line.text == words)


async def test_whom_one_found_is_no_news_and_whoever_is_back_at_once_was_never_gone(
    company: Company,
) -> None:
    company.show([])
    company.show(persons('Ann'))
    await becomes(lambda: company._soon._due is None)
    assert company._line is None


async def test_comings_and_goings_are_one_sentence_(company: Company, heard: list[str]) -> None:
    company.show([Person('ann', 'Anna', '#24479c')])
    company.show(persons('Bob'))
    company.show(persons('Bob', 'Me', 'Cem'))
    await says(company, 'Bob and Cem joined. Anna left.')
    assert heard == ['Bob and Cem joined. Anna left.']


async def test_a_crowd_is_a_number(company: Company, heard: list[str]) -> None:
    company.show(persons('Ann', *'ABCDE'))
    await says(company, 'A, B and 3 others joined.')
    company.show(persons('Ann', *'CDE'))
    await says(company, 'A and B left.')
    assert len(heard) == 2
