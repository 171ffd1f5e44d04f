"""The text as somebody likes to have it, and on paper, in real browsers."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import WITHIN, Tab
from tests.support.running import Collab

Visitor = Callable[[], Awaitable[Tab]]

DRESSED = """Colours, a formula $e = m c^2$ and a diagram.

```python
def f(): return 'x'
```

```mermaid
graph TD; A-->B
```
"""
PRINTER = """() => {
    const printed = (kind) => document.querySelectorAll(`.collab-preview ${kind}`).length;
    window.print = () => {
        dispatchEvent(new Event('beforeprint'));
        window.printed = ['math', '.hljs-keyword', 'img.preview-diagram', '.preview-block'].map(printed);
    };
}"""
"""Keeps how many of these were there in the moment of printing."""


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
    await ann.page.evaluate('() => { window.print = () => { window.printed = true; }; }')
    await ann.content.click()
    await choose(ann, 'outline')
    await ann.content.click()
    await choose(ann, 'print')
    await ann.page.wait_for_function('window.printed')
    await ann.page.evaluate('dispatchEvent(new Event("beforeprint"))')
    await ann.page.emulate_media(media='print')
    await ann.page.set_viewport_size({'width': 718, 'height': 1000})  # a sheet of A4 without its margins
    paper = ann.page.get_by_test_id('preview')
    await expect(paper.get_by_role('heading', name='Hello')).to_be_visible()
    await expect(paper.get_by_text('The end.')).to_be_visible()
    for unwanted in ('.bar', '.collab-tools', '.cm-content', '.collab-foot'):
        await expect(ann.page.locator(unwanted)).to_be_hidden()
    heights = await paper.evaluate('it => [it.scrollHeight, it.clientHeight]')
    assert heights[0] == heights[1] > 2_000


@pytest.mark.alone  # paper waits for some seconds only, and Mermaid is large
async def test_formulas_colours_and_diagrams_are_on_the_first_paper(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text=DRESSED)
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.page.evaluate(PRINTER)
    await ann.content.click()
    await choose(ann, 'print')
    await ann.page.wait_for_function('window.printed', timeout=WITHIN)
    assert await ann.page.evaluate('printed') == [1, 2, 1, 3]


@pytest.mark.parametrize('answer', ['never', 'not at all'])
async def test_what_cannot_be_loaded_keeps_nobody_from_printing(
    collab: Collab, visitor: Visitor, answer: str
) -> None:
    await collab.create('doc', text=DRESSED)
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    held: list[Route] = []

    async def hold(route: Route) -> None:
        if answer == 'never':
            held.append(route)
        else:
            await route.abort()

    await ann.page.route('**/formula-*.js', hold)
    await ann.page.evaluate(PRINTER)
    await ann.content.click()
    await choose(ann, 'print')
    await ann.page.wait_for_function('window.printed', timeout=WITHIN)
    assert (await ann.page.evaluate('printed'))[0] == 0
    assert (await ann.page.evaluate('printed'))[3] == 3
    for route in held:
        await route.abort()


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


async def test_what_is_open_over_the_text_is_not_on_paper(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='# Hello')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.page.keyboard.press('Control+k')
    await not_on_paper(ann, '.collab-palette[open]')
    await ann.page.keyboard.press('Escape')
    await ann.page.get_by_role('button', name='More').click()
    await not_on_paper(ann, '.q-menu')
    await ann.page.get_by_role('button', name='Show a QR code').click()
    await not_on_paper(ann, '.q-dialog')


async def not_on_paper(tab: Tab, thing: str) -> None:
    """What is open on the screen is not printed, and does not hold the text where it was scrolled to."""
    await expect(tab.page.locator(thing)).to_be_visible()
    await tab.page.evaluate('dispatchEvent(new Event("beforeprint"))')
    await tab.page.emulate_media(media='print')
    await expect(tab.page.get_by_test_id('preview')).to_be_visible()
    await expect(tab.page.locator(thing)).to_be_hidden()
    assert await tab.page.evaluate('getComputedStyle(document.body).position') == 'static'
    await tab.page.emulate_media(media='screen')


@pytest.mark.parametrize('clipboard', ['lets pages write', 'refuses', 'is missing'])
async def test_a_click_copies_the_address(collab: Collab, visitor: Visitor, clipboard: str) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc?from=a-mail#heading')
    await ann.page.evaluate('navigator.clipboard.writeText("nothing yet")')
    if clipboard == 'refuses':
        await ann.page.evaluate('() => { navigator.clipboard.writeText = () => Promise.reject() }')
    elif clipboard == 'is missing':  # on pages without TLS
        await ann.page.evaluate('() => { navigator.clipboard.writeText = undefined }')
    share = ann.page.get_by_role('button', name='Share')
    await share.click()
    await expect(ann.page.get_by_test_id('notice')).to_contain_text('Link copied')
    assert await ann.page.evaluate('navigator.clipboard.readText()') == f'{collab.url}/d/doc'
    await expect(share).to_be_focused()
    await expect(ann.page.locator('textarea.aside')).to_have_count(0)


async def test_an_address_that_cannot_be_copied_is_shown(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.page.evaluate(
        """() => {
            navigator.clipboard.writeText = () => Promise.reject();
            document.execCommand = () => false;
        }"""
    )
    await ann.page.get_by_role('button', name='Share').click()
    await expect(ann.page.get_by_test_id('notice')).to_contain_text(f'Copy this link: {collab.url}/d/doc')


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
