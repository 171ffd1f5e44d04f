"""The real `@hocuspocus/provider` in a browser: what it calls synced is in the database."""

import asyncio

import pytest
from playwright.async_api import Page

from tests.browser.conftest import Tab
from tests.browser.editors import Hocuspocus, Visitor
from tests.support.running import Collab

versions = pytest.mark.parametrize('version', [3, 4])


async def count_receipts(page: Page) -> None:
    """Let `receipts` of the editor `one` hold how many messages of its server were one."""
    await page.evaluate("""
        one.receipts = 0
        one.provider.on('message', ({event}) => {
            const end = new Uint8Array(event.data).slice(-2)
            if (new Uint8Array(event.data).length === 6 && end[0] === 8 && end[1] === 1) one.receipts += 1
        })""")


@versions
async def test_it_writes_in_one_document_with_a_page(version: int, collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='Start: ')
    page = await (await visitor()).open(f'{collab.url}/d/doc')
    one = Hocuspocus(await visitor(), 'one', version)
    await one.join(collab, 'doc')
    await one.called('Grace')
    assert await one.text() == 'Start: '
    await page.people(2)
    await page.content.click()
    await page.page.keyboard.press('Control+End')
    await asyncio.gather(page.page.keyboard.type('abcdefghij', delay=10), one.type('ABCDEFGHIJ'))
    await one.until('text.length === 27')
    await page.saved()
    await one.all_stored()
    text = await collab.text('doc')
    await page.has(text)
    assert await one.text() == text
    assert sorted(text) == sorted('Start: abcdefghijABCDEFGHIJ')
    assert await one.page.evaluate('one.provider.authorizedScope') == 'read-write'


@versions
async def test_what_it_calls_synced_outlives_the_death_of_the_server(
    version: int, collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc')
    one = Hocuspocus(await visitor(), 'one', version)
    await one.join(collab, 'doc')
    for number in range(3):
        await one.type(f'{number} and more; ')
        await one.all_stored()
        collab.kill()
        await one.leave()  # it must not bring again what was lost
        await collab.start()
        assert await collab.text('doc') == await one.text()
        await one.come_back()
        await one.until('provider.synced')


@versions
async def test_it_gets_as_many_receipts_as_it_waits_for_also_when_it_was_away(
    version: int, collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc')
    one = Hocuspocus(await visitor(), 'one', version)
    await one.join(collab, 'doc')
    await one.type('here ')
    await one.all_stored()
    await count_receipts(one.page)
    await one.leave()
    await one.type('away ')
    await one.page.evaluate('one.text.delete(0, 1)')
    await one.come_back()
    await one.until('provider.synced')
    await one.all_stored()
    assert await collab.text('doc') == 'ere away '
    assert (
        await one.page.evaluate('one.receipts') == 1
    )  # six edits were away, and nothing is counted but an answer
    await one.type('back')
    await one.all_stored()
    assert await one.page.evaluate('one.receipts') == 5
    assert await collab.text('doc') == 'ere away back'
    await one.page.evaluate('one.provider.forceSync()')
    await one.all_stored()
    assert await one.page.evaluate('one.receipts') == 6


async def test_a_provider_that_comes_late_to_its_socket_and_one_that_is_wrong_there(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc', text='hello')
    tab: Tab = await visitor()
    one = Hocuspocus(tab, 'one')
    await one.load(collab.url)
    server = collab.url.replace('http', 'ws')
    await tab.page.evaluate(f"window.socket = Foreign.openHocuspocusSocket('{server}', 'doc'); 0")
    await tab.page.wait_for_function("socket.status === 'connected' && socket.lastMessageReceived")
    await tab.page.evaluate("window.one = Foreign.joinOnSocket(socket, 'doc'); 0")
    await one.until("text.toString() === 'hello'")
    await one.all_stored()
    await tab.page.evaluate("""
        window.wrong = Foreign.joinOnSocket(socket, 'other')
        wrong.provider.on('authenticationFailed', ({reason}) => wrong.reason = reason); 0""")
    await tab.page.wait_for_function('wrong.reason')
    assert 'for the document doc alone' in await tab.page.evaluate('wrong.reason')
    await one.type(' there')
    await one.all_stored()
    assert await collab.text('doc') == 'hello there'
