"""How long a text is, what is in it and where something stands, in real browsers."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from tests.browser.conftest import EDITOR, Tab
from tests.support.running import Collab

Visitor = Callable[[], Awaitable[Tab]]


async def test_words_characters_and_minutes_are_counted_of_the_selection_too(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc', text="It's two-fold, 日本 😀\n" + 'word ' * 459)
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    counts = ann.page.locator('.collab-counts')
    await expect(counts).to_have_text('463 words · 2,315 characters · 3 min to read')
    await ann.content.click()
    await ann.page.keyboard.press('Control+Home')
    await ann.page.keyboard.press('Shift+End')
    await expect(counts).to_have_text('4 of 463 words · 19 of 2,315 characters · 1 min to read · selected')
    await ann.page.keyboard.press('Control+a')
    await ann.page.keyboard.press('Delete')
    await expect(counts).to_have_text('0 words · 0 characters')


async def test_the_outline_lists_the_headings_and_leads_to_them(collab: Collab, visitor: Visitor) -> None:
    text = '# One\n\n```\n# no heading\n```\n\n' + 'words\n\n' * 60 + '## Two **bold**\n\n' + 'words\n\n' * 60
    text += 'Three\n---\n\n' + 'words\n\n' * 60
    await collab.create('doc', text=text)
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    outline = ann.page.get_by_role('navigation', name='Outline')
    await expect(outline).to_be_hidden()
    await ann.content.focus()
    await ann.page.keyboard.press('Control+Shift+o')
    await expect(outline.get_by_role('button')).to_have_text(['One', 'Two bold', 'Three'])
    current = outline.locator('[aria-current]')
    await expect(current).to_have_text('One')
    await outline.get_by_role('button', name='Three').click()
    await expect(current).to_have_text('Three')
    await expect(ann.content).to_be_focused()
    await ann.page.keyboard.press('Home')
    await ann.page.keyboard.type('Four and ')
    await expect(outline.get_by_role('button')).to_have_text(['One', 'Two bold', 'Four and Three'])
    await ann.page.get_by_role('button', name='Read', exact=True).click()
    await outline.get_by_role('button', name='Two bold').click()
    await expect(
        ann.page.get_by_test_id('preview').get_by_role('heading', name='Two bold')
    ).to_be_in_viewport()


async def test_the_outline_of_a_phone_is_closed_by_finger_and_by_keyboard(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc', text='words')
    ann = await visitor()
    await ann.page.set_viewport_size({'width': 390, 'height': 700})
    await ann.open(f'{collab.url}/d/doc')
    outline = ann.page.get_by_role('navigation', name='Outline')
    close = outline.get_by_role('button', name='Close')

    async def open_it() -> None:
        await ann.page.keyboard.press('Control+k')
        await ann.page.keyboard.type('outline')
        await ann.page.keyboard.press('Enter')
        await expect(outline).to_be_visible()

    await ann.content.focus()
    await open_it()
    await expect(close).to_be_focused()
    await expect(ann.content).to_be_hidden()
    await close.click()
    await expect(outline).to_be_hidden()
    await expect(ann.content).to_be_focused()

    await ann.content.fill('# One')
    await open_it()
    await expect(outline.get_by_role('button', name='One')).to_be_focused()
    await outline.click(position={'x': 200, 'y': 300})
    await ann.page.keyboard.press('Escape')
    await expect(outline).to_be_hidden()
    await expect(ann.content).to_be_focused()

    await ann.page.get_by_role('button', name='Read', exact=True).click()
    await open_it()
    await ann.page.keyboard.press('Escape')
    await expect(outline).to_be_hidden()
    await expect(ann.page.get_by_role('button', name='All actions')).to_be_focused()

    await ann.page.set_viewport_size({'width': 1000, 'height': 700})
    await open_it()
    await expect(outline.get_by_role('button', name='One')).to_be_visible()
    await expect(close).to_be_hidden()


@pytest.mark.parametrize('width', [390, 768, 1040])
@pytest.mark.parametrize('language', ['en', 'de'])
async def test_finding_and_replacing_fits_every_screen(
    collab: Collab, visitor: Visitor, width: int, language: str
) -> None:
    await collab.create('doc', text='tea and tea')
    ann = await visitor()
    await ann.page.set_extra_http_headers({'Accept-Language': language})
    await ann.page.set_viewport_size({'width': width, 'height': 700})
    await ann.open(f'{collab.url}/d/doc')
    await ann.content.click()
    await ann.page.keyboard.press('Control+f')
    await ann.page.keyboard.type('tea')
    panel = ann.page.locator('.cm-search')
    await panel.locator('input[name=replace]').fill('soup')
    boxes = [
        await one.bounding_box() for one in await panel.locator('> :is(button, input, label):visible').all()
    ]
    places = [(box['x'], box['y'], box['x'] + box['width'], box['y'] + box['height']) for box in boxes if box]
    assert len(places) >= 9
    for at, (left, top, right, bottom) in enumerate(places):
        assert 0 <= left <= right <= width
        for x, y, x_end, y_end in places[:at]:
            assert right <= x or x_end <= left or bottom <= y or y_end <= top
    await panel.locator('button[name=replaceAll]').click()
    await ann.has('soup and soup')
    assert await ann.page.evaluate(f'{EDITOR}.view.dom.scrollWidth') <= width
