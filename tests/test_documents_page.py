"""The page of all documents: what people find there, and what they do with it."""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime
from html import unescape

import httpx
import pytest
from nicegui import ElementFilter, ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.elements.upload_files import SmallFileUpload
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from collab.pages.contents import PAGE
from collab.pages.importing import content_of
from collab.pages.parts import Html
from collab.pages.words import exactly
from tests.support.rooms import becomes
from tests.test_pages import change_name, count_of, create_document

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
    await search(user, 'gard', 'Garden')
    await becomes(lambda: texts(user, 'found') == ['1 document found'])
    assert marked(user) == ['Garden']
    user.find(marker='search').clear()
    await user.should_see('Kitchen')
    assert marked(user) == []


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


async def test_the_list_says_who_changed_a_document_last(user: User, create_user: CreateUser) -> None:
    amira, jonas = user, create_user()
    await make(amira, 'By a program')
    await amira.open('/')
    await change_name(amira, 'Amira')
    await create_document(amira, 'Minutes')
    await jonas.open('/')
    await becomes(lambda: 'just now by Amira' in texts(jonas, 'document-when'))
    assert texts(jonas, 'document-when') == ['just now by Amira', 'just now by a program']
    assert jonas.client
    with jonas.client:
        times = [time.props['innerHTML'] for time in ElementFilter(kind=Html, marker='document-when')]
    assert len(times) == 2
    for moment, on_hover in [re.findall('datetime="(.+?)" title="(.+?)"', time)[0] for time in times]:
        assert unescape(on_hover) == exactly(int(datetime.fromisoformat(moment).timestamp() * 1000))
    row(jonas, 'Minutes', 'Rename').trigger('click')
    jonas.find(marker='rename-field').clear().type('Notes').trigger('keydown.enter')
    await becomes(lambda: 'just now by Amira' not in texts(jonas, 'document-when'))


async def test_everybody_sorts_as_they_like(user: User) -> None:
    for title in ('Week 10', 'ärger', 'week 9'):
        await make(user, title)
    await user.open('/')
    assert listed(user) == ['week 9', 'ärger', 'Week 10']
    user.find(marker='sort').trigger('change', 'title')
    await becomes(lambda: listed(user) == ['ärger', 'week 9', 'Week 10'])
    await make(user, 'Amt')
    await becomes(lambda: listed(user) == ['Amt', 'ärger', 'week 9', 'Week 10'])
    await user.open('/?sort=created')
    assert listed(user) == ['Amt', 'week 9', 'ärger', 'Week 10']


async def test_a_pinned_document_comes_first_for_who_pinned_it(user: User, create_user: CreateUser) -> None:
    amira, jonas = user, create_user()
    for title in ('One', 'Two', 'Three'):
        await make(amira, title)
    await amira.open('/')
    await jonas.open('/')
    row(amira, 'One', 'Pin').trigger('click')
    await becomes(lambda: listed(amira) == ['One', 'Three', 'Two'])
    assert listed(jonas) == ['Three', 'Two', 'One']
    await amira.open('/?sort=title')
    assert listed(amira) == ['One', 'Three', 'Two']
    row(amira, 'One', 'Pin').trigger('click')
    await becomes(lambda: next(iter(row(amira, 'One', 'Pin').elements)).props['aria-pressed'] == 'false')


async def test_a_long_list_comes_page_by_page(user: User) -> None:
    for number in range(1, PAGE + 4):
        await make(user, f'Note {number}')
    await user.open('/?sort=title')
    assert listed(user) == [f'Note {number}' for number in range(1, PAGE + 1)]
    await user.should_see('Show more (3 documents)')
    user.find('Show more').click()
    await becomes(lambda: len(listed(user)) == PAGE + 3)
    await make(user, 'Note 0')
    await becomes(lambda: listed(user)[0] == 'Note 0')
    await user.should_see(f'Note {PAGE + 2}')


async def test_a_document_is_duplicated(user: User) -> None:
    await make(user, 'Garden', 'Bring the ladder')
    await user.open('/')
    row(user, 'Garden', 'More').trigger('click')
    user.find(marker='duplicate').click()
    await user.should_see('“Copy of Garden” was made.')
    await becomes(lambda: listed(user) == ['Copy of Garden', 'Garden'])
    user.find('Open it').click()
    await user.should_see('Bring the ladder')


async def test_what_is_in_the_trash_is_taken_back_or_deleted_for_good(
    user: User, create_user: CreateUser
) -> None:
    amira, jonas = user, create_user()
    garden, kitchen = await make(amira, 'Garden', 'Bring the ladder'), await make(amira, 'Kitchen')
    await jonas.open('/trash')
    await jonas.should_see('Nothing is in the trash.')
    await amira.open('/')
    row(amira, 'Garden', 'Delete').trigger('click')
    row(amira, 'Kitchen', 'Delete').trigger('click')
    await jonas.should_see('Garden')
    await jonas.should_see('30 days')
    await becomes(lambda: count_of(jonas, 'trash-row') == 2)

    in_trash(jonas, 'Garden', 'Take it back').trigger('click')
    await jonas.should_see('“Garden” was taken back.')
    await amira.should_see('Garden')
    in_trash(jonas, 'Kitchen', 'Delete now').trigger('click')
    await jonas.should_see('Delete “Kitchen” for good?')
    jonas.find('Delete for good').click()
    await jonas.should_see('Nothing is in the trash.')
    assert (await jonas.http_client.get(f'/d/{kitchen}')).status_code == 404
    assert (await jonas.http_client.get(f'/d/{garden}')).status_code == 200


async def test_who_asks_again_and_again_whether_to_delete_has_one_dialog(user: User) -> None:
    for title in ('Garden', 'Kitchen'):
        await user.http_client.delete(f'/api/documents/{await make(user, title)}')
    await user.open('/trash')
    for title in ('Garden', 'Kitchen', 'Garden'):
        in_trash(user, title, 'Delete now').trigger('click')
        await user.should_see(f'Delete “{title}” for good?')
    (dialog,) = user.find(ui.dialog).elements
    assert dialog.value
    user.find('Keep it').click()
    assert not dialog.value


async def test_files_become_documents_and_what_is_refused_is_said(user: User) -> None:
    await user.open('/')
    await drop(
        user,
        ('notes.txt', b'Bring the ladder'),
        ('plan.md', b'Some words\r\n\n# The plan\r\nLadder'),
        ('empty.md', b''),
        ('photo.png', b'\x89PNG'),
        ('latin.txt', 'Grüße'.encode('latin-1')),
        ('binary.txt', b'a\0b'),
    )
    await user.should_see('3 documents imported.')
    await user.should_see('“photo.png” is no text, Markdown, web page or Word file')
    await user.should_see('“latin.txt” is not text in UTF-8')
    await user.should_see('“binary.txt” holds something else than text')
    await becomes(lambda: sorted(listed(user)) == ['The plan', 'empty', 'notes'])
    found = (await user.http_client.get('/api/documents')).json()
    (plan,) = [one['id'] for one in found if one['title'] == 'The plan']
    text = await user.http_client.get(f'/api/documents/{plan}/text')
    assert text.text == 'Some words\n\n# The plan\nLadder'


async def test_files_that_do_not_arrive_are_said(user: User) -> None:
    await user.open('/')
    user.find(ui.upload).trigger('failed')
    await user.should_see('The files could not be sent. Please try again in a moment.')


@pytest.mark.parametrize(
    ('name', 'data', 'title'),
    [
        ('notes.md', b'# Minutes of May #\n', 'Minutes of May'),
        ('notes.md', b'#hashtag\n', 'notes'),
        ('notes.md', b'#   \n', 'notes'),
        ('notes.md', b'I like C# and so on\n## Why C# ##\n', 'Why C#'),
        ('notes.txt', b'# Minutes\n', 'notes'),
        ('C:\\x\\notes.md', b'\xef\xbb\xbf# Minutes', 'Minutes'),
        ('../../notes.v2.txt', b'', 'notes.v2'),
    ],
)
def test_a_document_is_called_like_the_heading_or_the_file(name: str, data: bytes, title: str) -> None:
    assert content_of(name, data)[0] == title


def test_a_file_of_one_long_line_keeps_nobody_waiting() -> None:
    """Its heading was looked for in so many ways that a megabyte of blanks took an hour."""
    assert content_of('notes.md', b'# a' + b' ' * 1_000_000 + b'b')[0] == 'a'
    assert content_of('notes.md', b'#' * 1_000_000)[0] == 'notes'


# what the stories above are told with


async def make(user: User, title: str, text: str = '') -> str:
    """Make a document, as a program does; returns its id."""
    cookies, user.http_client.cookies = user.http_client.cookies, httpx.Cookies()
    made = await user.http_client.post('/api/documents', json={'title': title, 'text': text})
    user.http_client.cookies = cookies
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


def row(user: User, title: str, marker: str) -> UserInteraction[Element]:
    """What has this marker in the row of this document."""
    assert user.client
    with user.client:
        for one in ElementFilter(marker='document-row'):
            within = list(one.descendants())
            if any(isinstance(element, TextElement) and element.text == title for element in within):
                found = {element for element in within if marker in element._markers}
                return UserInteraction(user, found, marker)
    raise AssertionError(f'no row of {title}')


async def drop(user: User, *files: tuple[str, bytes]) -> None:
    """Drop files on the page."""
    (upload,) = user.find(ui.upload).elements
    await upload.handle_uploads([SmallFileUpload(name, 'text/plain', data) for name, data in files])


def marked(user: User) -> list[str]:
    """What is marked on the page."""
    assert user.client
    with user.client:
        return [one.text for one in ElementFilter(kind=TextElement) if one.tag == 'mark' and one.visible]


def in_trash(user: User, title: str, words: str) -> UserInteraction[Element]:
    """The button with these words in the row of this deleted document."""
    assert user.client
    with user.client:
        for one in ElementFilter(marker='trash-row'):
            within = [element for element in one.descendants() if isinstance(element, TextElement)]
            if any(element.text == title for element in within):
                return UserInteraction(user, {element for element in within if element.text == words}, words)
    raise AssertionError(f'{title} is not in the trash')


def listed(user: User) -> list[str]:
    """The titles in the list, from the top down."""
    return texts(user, 'document-title')


def texts(user: User, marker: str) -> list[str]:
    """What the visible elements with this marker say, each as one line."""

    assert user.client
    with user.client:
        shown = [element for element in ElementFilter(marker=marker) if element.visible]
        return [''.join(map(said, element.descendants(include_self=True))) for element in shown]


def said(element: ui.element) -> str:
    """What this element says itself."""
    if isinstance(element, Html):
        return unescape(re.sub('<.*?>', '', element.props['innerHTML']))
    return element.text if isinstance(element, TextElement) else ''
