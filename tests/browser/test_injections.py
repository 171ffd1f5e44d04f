"""Titles, names and colours that somebody chose in order to run something in the browsers of others."""

import re
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Page, Request, expect

from collab.document.people import clean_name
from collab.rooms.naming import clean_title
from tests.browser.conftest import WITHIN, Tab
from tests.browser.editors import Foreign, Visitor
from tests.support.injections import INJECTIONS
from tests.support.running import Collab, web_client

TITLES = [clean_title(evil) for evil in INJECTIONS]
NAMES = [clean_name(evil) for evil in INJECTIONS]
NASTIEST = (
    '<img src=x onerror=ran("img")>',
    '"><img src=x onerror=ran("quote")>',
    '</title><script>ran("title")</script>',
    "'><svg/onload=ran('single')>",
)
"""For what takes its time."""
HALF = len(NAMES) // 2
PAIRS = [*zip(NAMES[:HALF], NAMES[HALF:], strict=True), *zip(NAMES[HALF:], NASTIEST, strict=False)]
"""Each name once, of one program or of another; the nastiest of both."""
COLORS = (
    'red;background:url(//x.example/c)',
    '"><img src=x onerror=ran()>',
    '#fff;}',
    '#1a4fc4;background:url(//x.example/c)',
    'url(javascript:ran())',
)
LONG = 'A line of words.\n\n' * 100
START, END = -1, 0
"""To which side of the text a cursor keeps that stands in no character of it."""
STYLES = """[...document.querySelectorAll('[style*="--person"], [style*="--collab-color"]')]
    .map((element) => element.getAttribute('style'))"""
STYLE = re.compile(r'(--(person|collab-color): ?#[0-9a-f]{6};?|(left|top|height): [-.\d]+px;| )+')

expect.set_options(timeout=WITHIN)


class Watched:
    """Visitors in whose pages nothing may run, and which may ask nobody but their server."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.tabs: list[Tab] = []
        self.ran: list[str] = []
        self.asked: list[str] = []

    async def arrive(self) -> Tab:
        tab = await self.visitor()
        self.tabs.append(tab)
        await tab.page.expose_function('ran', lambda *words: self.ran.append(str(words)))
        tab.page.on('request', self._note)
        return tab

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)

    async def check(self, url: str) -> None:
        """Nothing ran, though it could have been heard, and nobody but the server at `url` was asked."""
        assert self.ran == []
        for tab in self.tabs:
            await tab.page.evaluate('ran("by us")')
        assert self.ran == ["('by us',)"] * len(self.tabs)
        assert f'{url}/' in self.asked
        assert [one for one in self.asked if not one.startswith((f'{url}/', 'data:', 'blob:'))] == []


@pytest_asyncio.fixture(loop_scope='session')
async def watched(collab: Collab, visitor: Visitor) -> AsyncIterator[Watched]:
    watched = Watched(visitor)
    yield watched
    await watched.check(collab.url)


async def test_no_title_runs_in_the_list_on_its_page_or_in_the_trash(
    collab: Collab, watched: Watched
) -> None:
    for number, evil in enumerate(INJECTIONS):
        await collab.create(f'evil-{number}', title=evil)
    ann, bob = await watched.arrive(), await watched.arrive()
    titles = ann.page.locator('.document-title')
    await ann.page.goto(f'{collab.url}/')
    await ann.page.get_by_role('button', name='Show more').click()
    await expect(titles).to_have_count(len(TITLES))
    assert sorted(await titles.all_text_contents()) == sorted(TITLES)

    for evil in NASTIEST:
        await bob.open(f'{collab.url}/d/evil-{INJECTIONS.index(evil)}')
        await titled(bob, evil)
    async with web_client() as client:
        last = f'{collab.url}/api/documents/evil-{INJECTIONS.index(NASTIEST[-1])}'
        for evil, title in zip(INJECTIONS, TITLES, strict=True):
            assert (await client.patch(last, json={'title': evil})).is_success
            await titled(bob, title)
        for number in range(len(INJECTIONS)):
            assert (await client.delete(f'{collab.url}/api/documents/evil-{number}')).is_success
    await expect(bob.page.get_by_role('button', name='Take it back')).to_be_visible()
    await expect(titles).to_have_count(0)
    await in_the_trash(ann.page, collab)


async def titled(tab: Tab, title: str) -> None:
    """Return when the page of a document says that this is what it is called."""
    await expect(tab.page).to_have_title(f'{title} · Collab')
    await expect(tab.page.locator('h1')).to_have_text(title)
    await expect(tab.page.get_by_test_id('title')).to_have_value(title)


async def in_the_trash(page: Page, collab: Collab) -> None:
    """All of these titles are; the last one is that which another bore, too."""
    await page.goto(f'{collab.url}/trash')
    titles = page.locator('.document-title')
    await expect(titles).to_have_count(len(TITLES))
    assert set(await titles.all_text_contents()) == set(TITLES) - {NASTIEST[-1]}
    await page.get_by_role('button', name=f'Delete “{NASTIEST[0]}” for good').click()
    await expect(page.get_by_role('heading', name=f'Delete “{NASTIEST[0]}” for good?')).to_be_visible()
    await page.get_by_role('button', name='Keep it').click()
    await page.get_by_role('button', name=f'Take “{NASTIEST[0]}” back').click()
    await expect(page.get_by_text(f'“{NASTIEST[0]}” was taken back.')).to_be_visible()


async def test_no_name_of_a_program_runs_at_a_face_a_cursor_the_edge_or_where_it_writes(
    collab: Collab, watched: Watched
) -> None:
    await collab.create('doc', text=LONG)
    ann, bob = await watched.arrive(), await watched.arrive()
    await bob.page.goto(f'{collab.url}/')
    await ann.open(f'{collab.url}/d/doc')
    one, two = Foreign(await watched.arrive(), 'one'), Foreign(await watched.arrive(), 'two')
    for program in (one, two):
        await program.join(collab, 'doc', stranger=True)
        await program.add('word')
    page = ann.page
    for high, low in PAIRS:
        await says(one, {'name': high}, START)
        await says(two, {'name': low}, END)
        await one.page.evaluate('one.text.insert(0, "x")')
        await expect(page.locator('.cm-collab-flag')).to_have_attribute('data-name', high)
        await expect(page.locator('.collab-edge.below')).to_have_text(f'↓ {low}')
        await expect(page.locator('.collab-typing')).to_contain_text(high)
        for name in (high, low):
            await expect(page.locator(f'.faces {titled_by(f"{name} — go to their cursor")}')).to_have_count(1)
            await expect(page.locator('.people-list button').filter(has_text=name)).to_have_count(1)
    for name in PAIRS[-1]:
        await expect(bob.page.locator(f'.faces {titled_by(name)}')).to_have_count(1)


async def two_who_look(collab: Collab, watched: Watched) -> tuple[Tab, Tab]:
    """Ann in a document, and Bob at the list of all."""
    await collab.create('doc', text='words')
    ann, bob = await watched.arrive(), await watched.arrive()
    await bob.page.goto(f'{collab.url}/')
    await ann.open(f'{collab.url}/d/doc')
    return ann, bob


async def test_no_name_of_a_person_runs_where_they_join_talk_and_are_listed(
    collab: Collab, watched: Watched
) -> None:
    ann, bob = await two_who_look(collab, watched)
    await open_chat(ann.page)
    eves = [await watched.arrive(), await watched.arrive()]
    for eve, name in zip(eves, NASTIEST, strict=False):
        await eve.page.goto(f'{collab.url}/')
        await be(eve.page, name)
        await eve.open(f'{collab.url}/d/doc')
        await expect(ann.page.get_by_test_id('company')).to_have_text(f'{name} joined.')
        await speak(ann, bob, eve, name)
    last = NASTIEST[-1]  # a new name of somebody who is there already
    await be(eves[0].page, last)
    await expect(ann.page.locator(f'.faces {titled_by(f"{last} — go to their cursor")}')).to_have_count(1)
    await speak(ann, bob, eves[0], last)


async def speak(ann: Tab, bob: Tab, eve: Tab, name: str) -> None:
    """Eve writes and talks, and what the others see of it bears her name."""
    await eve.content.click()
    await eve.page.keyboard.press('End')
    await eve.page.keyboard.type('!')
    await expect(ann.page.locator('.collab-typing')).to_contain_text(name)
    await expect(ann.page.locator(f'.cm-collab-flag{named(name)}')).to_have_count(1)
    await expect(bob.page.locator('.document-when')).to_contain_text(f'by {name}')
    await expect(bob.page.locator(f'.faces {titled_by(name)}')).to_have_count(1)
    if not await eve.page.get_by_role('button', name='Send').is_visible():
        await open_chat(eve.page)
    await eve.page.get_by_label('Message', exact=True).fill('Hello')
    await eve.page.get_by_label('Message', exact=True).press('Enter')
    await expect(ann.page.locator('.chat-who strong').last).to_have_text(name)


async def test_a_colour_of_a_program_reaches_the_page_as_one_or_not_at_all(
    collab: Collab, watched: Watched
) -> None:
    ann, bob = await two_who_look(collab, watched)
    program = Foreign(await watched.arrive(), 'one')
    await program.join(collab, 'doc', stranger=True)
    for number, color in enumerate((*COLORS, '#1a4fc4')):
        await says(program, {'name': f'Program {number}', 'color': color}, END)
        await expect(ann.page.locator('.cm-collab-flag')).to_have_attribute('data-name', f'Program {number}')
        await expect(ann.page.locator(f'.faces [title^="Program {number}"]')).to_have_count(1)
        await expect(bob.page.locator(f'.faces [title="Program {number}"]')).to_have_count(1)
        for tab, least in ((ann, 5), (bob, 3)):
            styles = await tab.page.evaluate(STYLES)
            assert len(styles) >= least
            assert [style for style in styles if not STYLE.fullmatch(style)] == []
    for tab in (ann, bob):
        assert '#1a4fc4' in ' '.join(await tab.page.evaluate(STYLES))  # a colour is taken


async def says(program: Foreign, user: dict[str, str], side: int) -> None:
    """A program says that it is this one, at the start or the end of the text."""
    place = {'tname': 'content', 'assoc': side}
    state = {'user': user, 'cursor': {'anchor': place, 'head': place}}
    await program.page.evaluate(f'state => {program.name}.provider.awareness.setLocalState(state)', state)


async def be(page: Page, name: str) -> None:
    """Take this name."""
    await page.locator('button.face').last.click()  # on the page of a document the others come first
    await page.get_by_label('Your name').fill(name)
    await page.get_by_role('button', name='Save').click()
    await expect(page.locator('.q-dialog')).to_have_count(0)


async def open_chat(page: Page) -> None:
    await page.get_by_role('button', name='Chat').first.click()
    await expect(page.get_by_role('button', name='Send')).to_be_visible()


def titled_by(words: str) -> str:
    """The selector of what has this title."""
    return f'[title={quoted(words)}]'


def named(name: str) -> str:
    return f'[data-name={quoted(name)}]'


def quoted(words: str) -> str:
    """As a string in CSS."""
    return '"' + words.replace('\\', '\\\\').replace('"', '\\"') + '"'
