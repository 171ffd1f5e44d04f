"""The page of all documents: what people find there, and what they do with it."""

import asyncio
from collections.abc import Callable

from nicegui import ElementFilter
from nicegui.elements.mixins.text_element import TextElement
from nicegui.testing import User

from tests.support.rooms import becomes
from tests.test_pages import count_of

CreateUser = Callable[[], User]


async def test_a_document_is_found_by_its_text_while_somebody_types(user: User) -> None:
    await make(user, 'Garden', 'Bring the ladder\nand the Bücher')
    await make(user, 'Kitchen', 'Buy milk')
    await user.open('/')
    await user.should_see('Kitchen')

    await search(user, 'lad', 'Garden')
    await user.should_see('ladder')
    await user.should_see('1 document found')
    await user.should_not_see('Kitchen')
    assert texts(user, 'document-line') == ['Bring the ladder']

    await search(user, 'bucher', 'Garden')
    await user.should_see('Bücher')
    user.find(marker='search').clear()
    await user.should_see('Kitchen')
    assert texts(user, 'document-line') == []


async def test_what_is_not_there_is_not_found(user: User) -> None:
    await make(user, 'Garden', 'Bring the ladder')
    await user.open('/')
    user.find(marker='search').type('"rake NEAR(')
    await user.should_see('Nothing found for “"rake NEAR(”')
    await user.should_not_see(marker='document-row')
    user.find(marker='search').trigger('keydown.escape')
    await user.should_see('Garden')


async def test_what_others_write_is_found_without_doing_anything(user: User) -> None:
    await make(user, 'Garden', 'Bring the ladder')
    await user.open('/')
    user.find(marker='search').type('ladder')
    await user.should_see('1 document found')
    await make(user, 'Attic', 'Another ladder')
    await becomes(lambda: count_of(user, 'document-row') == 2)


async def test_a_found_document_is_deleted_like_any_other(user: User) -> None:
    await make(user, 'Garden', 'Bring the ladder')
    await user.open('/')
    await search(user, 'ladder', 'Garden')
    await user.should_see('1 document found')
    user.find('Delete').click()
    await user.should_see('Nothing found for “ladder”')


async def test_a_line_that_is_found_is_never_html(user: User) -> None:
    evil = '<img src=x onerror="alert(1)"> ladder'
    await make(user, 'Garden', evil)
    await user.open('/')
    await search(user, 'onerror', 'Garden')
    await user.should_see('1 document found')
    assert texts(user, 'document-line') == [evil]


# what the stories above are told with


async def make(user: User, title: str, text: str = '') -> str:
    """Make a document, as a program does; returns its id."""
    made = await user.http_client.post('/api/documents', json={'title': title, 'text': text})
    assert made.status_code == 201
    return str(made.json()['id'])


async def search(user: User, query: str, title: str) -> None:
    """Type into the field, and again until what was written just now can be found."""
    async with asyncio.timeout(10):
        while title not in titles(await user.http_client.get('/api/documents', params={'q': query})):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    user.find(marker='search').clear().type(query)


def titles(answer: object) -> list[str]:
    return [found['title'] for found in answer.json()]  # type: ignore[attr-defined]


def texts(user: User, marker: str) -> list[str]:
    """What the visible elements with this marker say, each as one line."""

    assert user.client
    with user.client:
        shown = [element for element in ElementFilter(marker=marker) if element.visible]
        words = [
            [child.text for child in element.descendants() if isinstance(child, TextElement)]
            for element in shown
        ]
    return [''.join(line) for line in words]
