"""What the README tells people of other editors works as it stands there."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.conftest import WITHIN, Tab
from tests.browser.editors import Foreign, Visitor
from tests.support.examples import example
from tests.support.running import Collab

IMPORTS = """
    const imports = {}
    for (const [name, module] of Object.entries(Foreign.modules)) {
        const line = key => `export const ${key} = Foreign.modules['${name}'].${key};`
        imports[name] = 'data:text/javascript,' + encodeURIComponent(Object.keys(module).map(line).join(''))
    }
    const map = document.createElement('script')
    map.type = 'importmap'
    map.textContent = JSON.stringify({imports})
    document.head.append(map)
"""
"""Lets the page import what is in the bundle by the names under which npm has it."""


async def run(mark: str, collab: Collab, tab: Tab, url: str = '') -> None:
    """Run this example in a page from `url`, or from the server itself, without its session."""
    await Foreign(tab, 'example').load(url or collab.url, stranger=True)
    await tab.page.evaluate(IMPORTS)
    code = example('js', mark, collab.url.removeprefix('http://'))
    await tab.page.add_script_tag(content=code, type='module')


async def is_here(person: str, tab: Tab) -> None:
    face = tab.page.get_by_test_id('presence-person').get_by_text(person, exact=True)
    await expect(face).to_be_attached(timeout=WITHIN)


async def test_a_codemirror_of_ones_own_joins(collab: Collab, visitor: Visitor) -> None:
    await collab.create('notes', text='Agenda')
    page = await (await visitor()).open(f'{collab.url}/d/notes')
    other = await visitor()
    await run('y-websocket', collab, other)
    await expect(other.content).to_contain_text('Agenda', timeout=WITHIN)
    await is_here('Ada', page)
    await other.content.click()
    await other.page.keyboard.press('Control+End')
    await other.page.keyboard.type(': write')
    await page.has('Agenda: write')
    await page.content.click()
    await page.page.keyboard.press('Control+End')
    await page.page.keyboard.type(' and read')
    await expect(other.content).to_contain_text('Agenda: write and read', timeout=WITHIN)


async def test_an_editor_with_hocuspocus_joins(collab: Collab, visitor: Visitor) -> None:
    await collab.create('notes', text='Agenda')
    page = await (await visitor()).open(f'{collab.url}/d/notes')
    other = await visitor()
    async with other.page.expect_console_message(lambda message: message.text == 'saved'):
        await run('@hocuspocus/provider', collab, other)
    assert await collab.text('notes') == 'Hello from Hocuspocus. Agenda'
    await page.has('Hello from Hocuspocus. Agenda')
    await is_here('Grace', page)


@pytest.mark.parametrize('mark', ['y-websocket', '@hocuspocus/provider'])
async def test_a_page_of_another_site_may_not(mark: str, collab: Collab, visitor: Visitor) -> None:
    await collab.create('notes', text='Agenda')
    other = await visitor()
    closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    await other.page.expose_function('tellClosed', lambda code: closed.done() or closed.set_result(code))
    await other.page.add_init_script("""
        window.WebSocket = class extends WebSocket {
            constructor(...all) {
                super(...all)
                this.addEventListener('close', event => tellClosed(event.code))
            }
        }""")
    await run(mark, collab, other, url=collab.url.replace('127.0.0.1', 'localhost'))
    assert await asyncio.wait_for(closed, WITHIN / 1000) == 4403
    assert await collab.text('notes') == 'Agenda'
