"""A real y-websocket client, in a browser, in one document with a page of ours."""

import asyncio

from tests.browser.editors import Foreign, Visitor
from tests.support.running import Collab


async def test_a_foreign_editor_and_a_page_write_in_one_document(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='Start: ')
    page = await (await visitor()).open(f'{collab.url}/d/doc')
    one, two = Foreign(await visitor(), 'one'), Foreign(await visitor(), 'two')
    for foreign in (one, two):
        await foreign.join(collab, 'doc')
    assert await one.text() == 'Start: '
    await page.content.click()
    await page.page.keyboard.press('Control+End')
    await asyncio.gather(
        page.page.keyboard.type('abcdefghij', delay=10), one.type('ABCDEFGHIJ'), two.type('0123456789')
    )
    for foreign in (one, two):
        await foreign.until('text.length === 37')
    await page.saved()
    text = await collab.text('doc')
    await page.has(text)
    assert await one.text() == await two.text() == text
    assert sorted(text) == sorted('Start: abcdefghijABCDEFGHIJ0123456789')


async def test_a_foreign_editor_that_was_away_gets_and_gives_what_was_missed(
    collab: Collab, visitor: Visitor
) -> None:
    page = await visitor()
    one = Foreign(await visitor(), 'one')
    await one.join(collab, 'made-by-joining')
    await one.type('first ')
    await page.open(f'{collab.url}/d/made-by-joining')
    await page.has('first ')
    await one.page.evaluate('one.provider.disconnect()')
    await one.type('away ')
    await page.content.click()
    await page.page.keyboard.press('Control+Home')
    await page.page.keyboard.type('here ')
    await page.saved()
    await one.page.evaluate('one.provider.connect()')
    await page.has('here first away ')
    await one.until("text.toString() === 'here first away '")


async def test_foreign_editors_and_pages_see_each_other(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='hello')
    page = await (await visitor()).open(f'{collab.url}/d/doc')
    one = Foreign(await visitor(), 'one')
    await one.join(collab, 'doc')
    await one.page.evaluate("one.provider.awareness.setLocalStateField('user', {name: 'Neovim'})")
    await page.people(2)
    await page.content.click()
    await one.until('provider.awareness.getStates().size === 2')
    own = await one.page.evaluate('one.provider.awareness.getLocalState()')
    assert own == {'user': {'name': 'Neovim'}}  # nobody else writes in its own state
    await page.page.close()
    await one.until('provider.awareness.getStates().size === 1')
