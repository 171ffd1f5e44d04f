"""Somebody goes elsewhere and comes back, or the server is away: nothing blocks, nothing is lost."""

from collections.abc import Awaitable, Callable

from playwright.async_api import expect

from tests.browser.conftest import EDITOR, WITHIN, Tab
from tests.support.running import Collab

AT = '([x, y]) => !!document.elementFromPoint(x, y)?.closest(".collab-editor")'
"""Whether what is seen, and clicked, at a place of the window is the text."""


async def type_at_the_end(tab: Tab, words: str) -> None:
    await tab.page.wait_for_function(f'!!{EDITOR}', timeout=WITHIN)
    await tab.content.click(timeout=WITHIN)
    await tab.page.keyboard.press('Control+End')
    await tab.page.keyboard.type(words)


async def test_whoever_goes_back_and_forward_writes_on_and_nothing_is_there_twice(
    collab: Collab, visitor: Callable[[], Awaitable[Tab]]
) -> None:
    await collab.create('doc', text='one ')
    ann, bob = [await (await visitor()).open(f'{collab.url}/d/doc') for _ in range(2)]
    await type_at_the_end(ann, 'two ')
    await ann.saved()
    await ann.page.locator('a.brand').click()
    await expect(ann.page.get_by_test_id('document-row')).to_be_visible(timeout=WITHIN)
    await type_at_the_end(bob, 'three ')
    await bob.saved()
    await ann.page.go_back()
    await ann.has('one two three ')
    await type_at_the_end(ann, 'four ')  # not waited for: it is kept on the device, if need be
    await ann.page.go_forward()
    await expect(ann.page.get_by_test_id('document-row')).to_be_visible(timeout=WITHIN)
    await ann.page.go_back()
    await ann.has('one two three four ')
    await type_at_the_end(ann, 'five')
    await ann.saved()
    await bob.has('one two three four five')
    assert await collab.text('doc') == 'one two three four five'


async def test_nothing_covers_the_text_while_the_server_is_away(
    collab: Collab, visitor: Callable[[], Awaitable[Tab]]
) -> None:
    await collab.create('doc', text='A text to read on.\n' * 40)
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.page.wait_for_load_state('networkidle')  # the colours of the text come later
    collab.kill()
    await ann.status('offline')
    await ann.page.wait_for_function('window.socket && !window.socket.connected', timeout=WITHIN)
    box = await ann.page.locator('.cm-scroller').bounding_box()
    assert box is not None
    middle = [box['x'] + box['width'] / 2, box['y'] + min(box['height'], 600) / 2]
    assert await ann.page.evaluate(AT, middle)
    await ann.page.mouse.click(*middle)
    await ann.page.keyboard.type('!')
    await ann.page.mouse.wheel(0, 200)
    await ann.page.wait_for_function(
        f'{EDITOR}?.view.scrollDOM.scrollTop > 100 || window.scrollY > 100', timeout=WITHIN
    )
    assert (await ann.text()).count('!') == 1
    await collab.start()
    await ann.saved()
    assert (await collab.text('doc')).count('!') == 1
