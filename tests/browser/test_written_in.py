"""What a text is written in, chosen by one and seen by all, in real browsers."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Route, expect

from tests.browser.conftest import WITHIN, Tab
from tests.support.rooms import becomes
from tests.support.running import Collab

Visitor = Callable[[], Awaitable[Tab]]


async def choose_language(tab: Tab, letters: str) -> None:
    await tab.page.keyboard.press('Control+k')
    await tab.page.keyboard.type('language')
    await tab.page.keyboard.press('Enter')
    dialog = tab.page.get_by_role('dialog', name='Language of the text')
    await expect(dialog).to_be_visible()
    await tab.page.keyboard.type(letters)
    await tab.page.keyboard.press('Enter')
    await expect(dialog).to_be_hidden()


async def test_a_language_chosen_by_keyboard_is_there_for_everybody_and_stays(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc', text='def greet():\n    return "hello"\n')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    bob = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.content.click()
    await choose_language(ann, 'python')
    for tab in (ann, bob):
        await expect(tab.page.locator('.collab-language')).to_have_text('Python', timeout=WITHIN)
        await expect(tab.page.locator('.cm-collab-code')).to_have_count(1)
        await expect(tab.page.locator('.cm-line span', has_text='def').first).to_be_visible()
        await expect(tab.page.get_by_role('toolbar', name='Formatting')).to_be_hidden()
        await expect(tab.page.get_by_role('button', name='Read', exact=True)).to_be_hidden()
    await ann.content.click()
    await ann.page.keyboard.press('Control+End')
    await ann.page.keyboard.type('x = 1')
    await bob.has('def greet():\n    return "hello"\nx = 1')

    await bob.page.reload()
    await bob.saved()
    await expect(bob.page.locator('.collab-language')).to_have_text('Python')
    await bob.page.locator('.collab-language').click()
    await bob.page.get_by_role('option', name='Plain text').click()
    await expect(ann.page.locator('.collab-language')).to_have_text('Plain text', timeout=WITHIN)
    await expect(ann.page.locator('.cm-collab-code')).to_have_count(0)
    await bob.content.click()
    await choose_language(bob, 'markdown')
    await expect(ann.page.get_by_role('toolbar', name='Formatting')).to_be_visible(timeout=WITHIN)


async def test_on_a_tablet_it_is_marked_how_one_writes_and_reads(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='# Hello')
    ann = await visitor()
    await ann.page.set_viewport_size({'width': 1000, 'height': 800})
    await ann.open(f'{collab.url}/d/doc')
    await ann.page.get_by_role('button', name='Both', exact=True).click()
    for width in (769, 768, 767, 390):
        await ann.page.set_viewport_size({'width': width, 'height': 800})
        marked = ann.page.locator('.collab-modes button:visible[aria-pressed="true"]')
        await expect(marked).to_have_text('Both' if width >= 768 else 'Write')


async def test_a_language_that_cannot_be_loaded_comes_when_it_can(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='def greet():\n    return "hello"\n')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.content.click()
    failed: list[str] = []

    async def fail(route: Route) -> None:
        failed.append(route.request.url)
        await route.abort()

    await ann.page.route('**/esm/**', fail)
    await choose_language(ann, 'python')
    await expect(ann.page.locator('.collab-language')).to_have_text('Python', timeout=WITHIN)
    await becomes(lambda: len(set(failed)) < len(failed))
    assert await ann.page.locator('.cm-line span', has_text='def').count() == 0
    await ann.page.unroute('**/esm/**')
    await expect(ann.page.locator('.cm-line span', has_text='def').first).to_be_visible(timeout=WITHIN)
