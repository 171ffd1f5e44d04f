"""Everything that can be done in a document is found in one place, in real browsers."""

from collections.abc import Awaitable, Callable

from playwright.async_api import expect

from tests.browser.conftest import Tab
from tests.browser.test_tools import select
from tests.support.running import Collab

Visitor = Callable[[], Awaitable[Tab]]


async def test_the_palette_finds_everything_without_a_mouse(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='word')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await select(ann, 'word')
    palette = ann.page.get_by_role('dialog', name='All actions')
    await ann.page.keyboard.press('Control+k')
    await expect(palette.get_by_role('option').first).to_be_visible()
    await ann.page.keyboard.type('tasl')
    chosen = palette.get_by_role('option', selected=True)
    await expect(chosen).to_contain_text('Task list')
    await expect(chosen).to_contain_text('Ctrl+Shift+9')
    await ann.page.keyboard.press('Enter')
    await ann.has('- [ ] word')
    await expect(palette).to_be_hidden()
    await expect(ann.content).to_be_focused()

    await ann.page.keyboard.press('Control+k')
    await ann.page.keyboard.type('xyzzy')
    await expect(palette.get_by_text('Nothing here is called so.')).to_be_visible()
    await ann.page.keyboard.press('Escape')
    await expect(ann.content).to_be_focused()

    await ann.page.keyboard.press('Control+k')
    await ann.page.keyboard.type('all doc')
    await ann.page.keyboard.press('Enter')
    await ann.page.wait_for_url(f'{collab.url}/')


async def choose(tab: Tab, name: str) -> None:
    """By keyboard, in the palette."""
    await tab.content.focus()
    await tab.page.keyboard.press('Control+k')
    await tab.page.keyboard.type(name)
    palette = tab.page.get_by_role('dialog', name='All actions')
    await expect(palette.get_by_role('option', selected=True)).to_contain_text(name)
    await tab.page.keyboard.press('Enter')


async def test_the_palette_does_what_the_head_of_the_page_does(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.people(1)
    await choose(ann, 'Display')
    await expect(ann.page.get_by_role('group', name='Display and announcements')).to_be_visible()
    await ann.page.keyboard.press('Tab')
    await expect(ann.page.get_by_label('As the system')).to_be_focused()
    await ann.page.keyboard.press('Escape')
    await choose(ann, 'People here')
    await expect(ann.page.get_by_role('dialog', name='People here')).to_be_visible()
    await ann.page.keyboard.press('Escape')
    await ann.page.evaluate('navigator.clipboard.writeText("nothing yet")')
    await choose(ann, 'Share')
    await expect(ann.page.get_by_test_id('notice')).to_contain_text('Link copied')
    assert await ann.page.evaluate('navigator.clipboard.readText()') == f'{collab.url}/d/doc'
    await expect(ann.content).to_be_focused()


async def test_the_palette_shares_without_asking_the_server(collab: Collab, visitor: Visitor) -> None:
    """Browsers copy only while they handle a click or a key."""
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.page.evaluate('window.socket.disconnect()')
    await ann.status('offline')
    await ann.page.evaluate('navigator.clipboard.writeText("nothing yet")')
    await choose(ann, 'Share')
    await ann.page.wait_for_function(
        'async link => await navigator.clipboard.readText() === link', arg=f'{collab.url}/d/doc'
    )
    await choose(ann, 'People here')  # who is here cannot be known
    await expect(ann.page.locator('.people-list')).to_be_hidden()


NAMED = """all => all.map(each => [
    each.ariaLabel ?? each.innerText,
    (each.getAttribute('aria-keyshortcuts') ?? '').replace('Control', 'Ctrl').toLowerCase(),
])"""
LISTED = """all => all.map(each => [
    each.firstChild.textContent.split(':')[0],
    (each.querySelector('kbd')?.textContent ?? '').toLowerCase(),
])"""
SHEET = 'all => all.map(each => [each.textContent, each.nextSibling.textContent.toLowerCase()])'


async def test_every_button_is_in_the_palette_with_its_name_and_key(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    page = ann.page
    named = await page.locator('.bar button:not(.people *, .icon-more), .collab-tools button').evaluate_all(
        NAMED
    )
    await page.get_by_role('button', name='More').click()
    menu = page.get_by_role('dialog', name='More')
    await expect(menu).to_be_visible()
    named += await menu.get_by_role('button').evaluate_all(NAMED)
    await page.keyboard.press('Escape')
    await page.get_by_role('button', name='Help').click()
    sheet = await page.locator('.collab-help dt:has(+ dd kbd)').evaluate_all(SHEET)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    options = dict(await page.locator('.collab-palette li').evaluate_all(LISTED))
    assert {name for name, _ in named} > {'Bold', 'Outline', 'Both', 'Chat', 'Share', 'Show a QR code'}
    assert [name for name, _ in named if name not in options] == []
    assert [(name, key) for name, key in named if key and options[name] != key] == []
    assert dict(sheet) == {name: key for name, key in options.items() if key}
