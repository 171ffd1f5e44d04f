"""The text as somebody likes to have it, and on paper, in real browsers."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Tab
from tests.support.running import Collab

Visitor = Callable[[], Awaitable[Tab]]


async def choose(tab: Tab, action: str) -> None:
    """Do something by the palette."""
    await tab.page.keyboard.press('Control+k')
    await tab.page.keyboard.type(action)
    await tab.page.keyboard.press('Enter')


async def test_line_numbers_and_wrapping_are_kept_by_the_browser(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='word ' * 500)
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.content.click()
    await expect(ann.page.locator('.cm-lineNumbers')).to_have_count(0)
    await choose(ann, 'line numbers')
    await choose(ann, 'wrap')
    for _ in range(2):
        await expect(ann.page.locator('.cm-lineNumbers')).to_have_count(1)
        await expect(ann.page.locator('.cm-content.cm-lineWrapping')).to_have_count(0)
        await ann.page.reload()
        await ann.saved()
    await ann.content.click()
    await choose(ann, 'line numbers')
    await expect(ann.page.locator('.cm-lineNumbers')).to_have_count(0)


@pytest.mark.alone  # the preview takes longer than anybody waits when there is more work than cores
async def test_paper_shows_the_text_as_it_reads_and_nothing_else(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', title='Plan', text='# Hello\n\n' + 'Words.\n\n' * 200 + 'The end.')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.page.evaluate('window.print = () => { window.printed = true }')
    await ann.content.click()
    await choose(ann, 'print')
    await ann.page.wait_for_function('window.printed')
    await ann.page.evaluate('dispatchEvent(new Event("beforeprint"))')
    await ann.page.emulate_media(media='print')
    paper = ann.page.get_by_test_id('preview')
    await expect(paper.get_by_role('heading', name='Hello')).to_be_visible()
    await expect(paper.get_by_text('The end.')).to_be_visible()
    for unwanted in ('.bar', '.collab-tools', '.cm-content', '.collab-foot'):
        await expect(ann.page.locator(unwanted)).to_be_hidden()
    heights = await paper.evaluate('it => [it.scrollHeight, it.clientHeight]')
    assert heights[0] == heights[1] > 2_000


async def test_code_is_on_paper_as_it_is_written(collab: Collab, visitor: Visitor) -> None:
    program = '# no heading\n\ndef greet():\n    return "*hello*"  # [no](https://link.example)\n'
    await collab.create('doc', text=program)
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.page.get_by_role('button', name='Both', exact=True).click()
    paper = ann.page.get_by_test_id('preview')
    await expect(paper.get_by_role('heading')).to_have_text('no heading')
    await choose(ann, 'language of the text')
    await ann.page.keyboard.type('python')
    await ann.page.keyboard.press('Enter')
    await expect(ann.page.locator('.cm-collab-code')).to_have_count(1)
    await ann.page.evaluate('dispatchEvent(new Event("beforeprint"))')
    await ann.page.emulate_media(media='print')
    await expect(paper).to_be_visible()
    assert await paper.text_content() == program
    assert 'mono' in await paper.locator('div').evaluate('it => getComputedStyle(it).fontFamily')
    await expect(paper.get_by_role('heading')).to_have_count(0)


async def test_the_address_is_a_picture_for_a_projector(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.page.get_by_role('button', name='Share').click()
    await ann.page.get_by_role('button', name='Show a QR code').click()
    code = ann.page.get_by_role('img', name=f'QR code of {collab.url}/d/doc')
    await expect(code).to_be_visible()
    assert await code.evaluate(
        'svg => svg instanceof SVGSVGElement && svg.querySelector("path").getBBox().width > 20'
    )
