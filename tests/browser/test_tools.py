"""What is done to a text by button, key and palette, in real browsers."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from tests.browser.conftest import EDITOR, Tab
from tests.support.running import Collab

Visitor = Callable[[], Awaitable[Tab]]


async def select(tab: Tab, text: str) -> None:
    """Select the first place where this stands."""
    await tab.content.focus()
    await tab.page.evaluate(
        f"""text => {{
            const from = {EDITOR}.view.state.doc.toString().indexOf(text);
            {EDITOR}.view.dispatch({{selection: {{anchor: from, head: from + text.length}}}});
        }}""",
        text,
    )


async def selected(tab: Tab) -> str:
    text = await tab.page.evaluate(
        f'{EDITOR}.view.state.sliceDoc({EDITOR}.view.state.selection.main.from, '
        f'{EDITOR}.view.state.selection.main.to)'
    )
    assert isinstance(text, str)
    return text


FORMATS = [
    ('Bold', 'one two', 'two', 'one **two**'),
    ('Bold', 'one **two**', 'two', 'one two'),
    ('Bold', 'one **two**', '**two**', 'one two'),
    ('Bold', 'one two ', ' two ', 'one **two** '),
    ('Italic', '**two**', 'two', '***two***'),
    ('Italic', '***two***', 'two', '**two**'),
    ('Bold', '*two*', 'two', '***two***'),
    ('Strikethrough', 'one two', 'one', '~~one~~ two'),
    ('Code', 'one two', 'two', 'one `two`'),
    ('Code', 'a\nb\nc', 'a\nb', '```\na\nb\n```\nc'),
    ('Heading', 'one\n\ntwo', 'one', '# one\n\ntwo'),
    ('Heading', '## one', 'one', '### one'),
    ('Heading', '### one', 'one', 'one'),
    ('Bulleted list', 'a\n\nb', 'a\n\nb', '- a\n\n- b'),
    ('Bulleted list', '- a\n- b', 'a\n- b', 'a\nb'),
    ('Numbered list', '- a\n  - b', 'a\n  - b', '1. a\n  2. b'),
    ('Task list', 'a\n- b', 'a\n- b', '- [ ] a\n- [ ] b'),
    ('Bulleted list', '- [x] a', 'a', '- a'),
    ('Task list', '- [ ] a', 'a', 'a'),
    ('Quote', 'a\nb', 'a\nb', '> a\n> b'),
    ('Quote', '> a', 'a', 'a'),
    ('Link', 'see here', 'here', 'see [here](https://)'),
    ('Link', 'https://a.example', 'https://a.example', '[](https://a.example)'),
    ('Table', 'a', 'a', 'a\n\n| Column | Column |\n| --- | --- |\n|  |  |\n'),
]


async def test_every_button_changes_the_selection_and_is_taken_back_in_one_step(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    for button, before, chosen, after in FORMATS:
        await ann.content.fill(before)
        await select(ann, chosen)
        await ann.page.get_by_role('toolbar').get_by_role('button', name=button, exact=True).click()
        await ann.has(after)
        await expect(ann.content).to_be_focused()
        await ann.page.keyboard.press('Control+z')
        await ann.has(before)


async def test_words_and_selections_stay_where_one_goes_on_typing(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='one two')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await select(ann, 'two')
    await ann.page.keyboard.press('Control+b')
    assert await selected(ann) == 'two'
    await ann.page.keyboard.press('Control+b')
    await ann.has('one two')
    await ann.page.keyboard.press('End')
    await ann.page.keyboard.press('Control+i')
    await ann.page.keyboard.type('s')
    await ann.has('one *twos*')
    await ann.page.keyboard.press('Control+Shift+9')
    await ann.has('- [ ] one *twos*')
    await select(ann, 'one')
    await ann.page.keyboard.press('Control+Shift+l')
    assert await selected(ann) == 'https://'


async def test_the_toolbar_is_one_stop_of_the_tab_key(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='word')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    tools = ann.page.get_by_role('toolbar', name='Formatting')
    await tools.get_by_role('button', name='Bold').focus()
    await ann.page.keyboard.press('ArrowRight')
    await expect(tools.get_by_role('button', name='Italic')).to_be_focused()
    await ann.page.keyboard.press('End')
    await expect(tools.get_by_role('button', name='Table')).to_be_focused()
    await ann.page.keyboard.press('Tab')
    await expect(ann.page.get_by_role('button', name='Outline')).to_be_focused()


async def test_help_opens_with_a_question_mark_outside_the_text_only(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    sheet = ann.page.get_by_role('dialog', name='Keys and Markdown')
    await ann.content.click()
    await ann.page.keyboard.type('?')
    await ann.has('?')
    await expect(sheet).to_be_hidden()
    await ann.page.get_by_role('button', name='Share').focus()
    await ann.page.keyboard.press('?')
    await expect(sheet.get_by_text('Bulleted list')).to_be_visible()
    await ann.page.keyboard.press('Escape')
    await expect(sheet).to_be_hidden()
    await ann.page.keyboard.press('Control+k')
    await expect(ann.page.get_by_role('dialog', name='All actions')).to_be_visible()


async def test_on_a_phone_the_tools_are_at_the_foot_and_fit(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='word')
    ann = await visitor()
    await ann.page.set_viewport_size({'width': 320, 'height': 568})
    await ann.open(f'{collab.url}/d/doc')
    tools = await ann.page.locator('.collab-tools').bounding_box()
    text = await ann.page.locator('.collab-panes').bounding_box()
    assert tools is not None
    assert text is not None
    assert tools['y'] + tools['height'] == pytest.approx(568, abs=1)
    assert text['y'] + text['height'] <= tools['y'] + 1
    assert await ann.page.evaluate('document.documentElement.scrollWidth') <= 320
    await select(ann, 'word')
    await ann.page.get_by_role('button', name='Task list').click()
    await ann.has('- [ ] word')


async def test_the_keyboard_of_a_phone_does_not_cover_the_tools(collab: Collab, visitor: Visitor) -> None:
    """Where it lies over the page (iOS), only the visual viewport knows."""
    await collab.create('doc', text='word')
    ann = await visitor()
    await ann.page.set_viewport_size({'width': 390, 'height': 844})
    await ann.open(f'{collab.url}/d/doc')
    await ann.page.evaluate(
        """() => {
            Object.defineProperty(visualViewport, 'height', {value: 400, configurable: true});
            visualViewport.dispatchEvent(new Event('resize'));
        }"""
    )
    tools = await ann.page.locator('.collab-tools').bounding_box()
    text = await ann.page.locator('.collab-panes').bounding_box()
    assert tools is not None
    assert text is not None
    assert 390 < tools['y'] + tools['height'] <= 400
    assert text['height'] > 100
    assert text['y'] + text['height'] <= tools['y'] + 1
    await ann.page.evaluate('delete visualViewport.height, visualViewport.dispatchEvent(new Event("resize"))')
    tools = await ann.page.locator('.collab-tools').bounding_box()
    assert tools is not None
    assert tools['y'] + tools['height'] == pytest.approx(844, abs=1)


async def test_who_reads_only_is_offered_no_changes(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='word')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.page.get_by_role('button', name='Read', exact=True).click()
    await expect(ann.page.get_by_role('toolbar')).to_be_hidden()
    await ann.page.keyboard.press('Control+k')
    palette = ann.page.get_by_role('dialog', name='All actions')
    await expect(palette.get_by_role('option', name='Help')).to_be_visible()
    await expect(palette.get_by_role('option', name='Bold')).to_have_count(0)
