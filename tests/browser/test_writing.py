"""People write together in real browsers."""

import asyncio
import statistics
from collections.abc import Awaitable, Callable
from pathlib import Path
from string import ascii_lowercase

import pytest
from playwright.async_api import expect

from tests.browser.conftest import EDITOR, SCROLLS, WITHIN, Tab
from tests.support.running import Collab, running

Visitor = Callable[[], Awaitable[Tab]]


async def equal_everywhere(collab: Collab, tabs: list[Tab], document_id: str = 'doc') -> str:
    """The text, once every tab is saved and shows what the server has stored."""
    for tab in tabs:
        await tab.saved()
    text = await collab.text(document_id)
    for tab in tabs:
        await tab.has(text)
        assert await tab.text() == text
    return text


@pytest.mark.parametrize('count', [2, 5])
async def test_tabs_that_type_at_once_in_one_paragraph_lose_nothing(
    count: int, collab: Collab, visitor: Visitor, tmp_path: Path
) -> None:
    await collab.create('doc', text='A paragraph that everybody writes in.\n')
    tabs = [await (await visitor()).open(f'{collab.url}/d/doc') for _ in range(count)]
    # no tags: CodeMirror closes those by itself when people write into each other's
    words = [f'|{chr(97 + i)}{n}|' for i in range(count) for n in range(12)]

    async def write(number: int, tab: Tab) -> None:
        await tab.content.click()
        await tab.page.keyboard.press('Control+Home')
        for _ in range(5 * (number + 1)):
            await tab.page.keyboard.press('ArrowRight')
        await tab.page.keyboard.type(''.join(words[number * 12 : number * 12 + 12]), delay=15)

    await asyncio.gather(*(write(number, tab) for number, tab in enumerate(tabs)))
    text = await equal_everywhere(collab, tabs)
    assert sorted(text) == sorted('A paragraph that everybody writes in.\n' + ''.join(words))
    for number in range(count):
        typed = [word for word in words[number * 12 : number * 12 + 12]]
        assert _in_order(''.join(typed), text)
    assert text.startswith('A par')
    collab.stop()
    async with running(tmp_path / 'data') as again:
        assert await again.text('doc') == text


def _in_order(letters: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)


async def test_a_key_reaches_the_other_screen_at_once(collab: Collab, visitor: Visitor) -> None:
    """How long it takes is measured under benchmarks/; here it must only arrive, each time."""
    await collab.create('doc')
    ann, bob = await visitor(), await visitor()
    for tab in (ann, bob):
        await tab.open(f'{collab.url}/d/doc')
    await ann.content.click()
    times = []
    for number in range(20):
        begin = asyncio.get_running_loop().time()
        await ann.page.keyboard.type('x')
        await bob.has('x' * (number + 1))
        times.append(asyncio.get_running_loop().time() - begin)
    assert statistics.median(times) < 2


async def test_the_text_is_there_after_a_reload_and_for_who_comes_later(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.content.click()
    await ann.page.keyboard.type('kept')
    await ann.saved()
    await ann.page.reload()
    await ann.has('kept')
    bob = await (await visitor()).open(f'{collab.url}/d/doc')
    await bob.has('kept')


async def test_undo_takes_back_only_ones_own_edits(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    bob = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.content.click()
    await ann.page.keyboard.type('from ann ')
    await bob.has('from ann ')
    await bob.content.click()
    await bob.page.keyboard.press('Control+End')
    await bob.page.keyboard.type('from bob')
    await ann.has('from ann from bob')
    await ann.page.keyboard.press('Control+z')
    await bob.has('from bob')
    await ann.page.keyboard.press('Control+y')
    await bob.has('from ann from bob')


async def test_an_emoji_is_never_cut_in_half(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='a😀b👩‍🚀c')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    bob = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.page.evaluate(  # 😀 and 😁 share their first half; an input method may replace only the second
        EDITOR
        + ".view.dispatch({changes: {from: 2, to: 3, insert: '\\uDE01'}, userEvent: 'input.type.compose'})"
    )
    await bob.has('a😁b👩‍🚀c')
    await ann.content.click()
    await ann.page.keyboard.press('Control+Home')
    await ann.page.keyboard.press('Delete')
    await ann.page.keyboard.press('Delete')
    await bob.has('b👩‍🚀c')
    text = await equal_everywhere(collab, [ann, bob])
    assert text == 'b👩‍🚀c'


async def test_everyone_sees_who_is_here_and_where(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='one two three')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.people(1)
    bob = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.people(2)
    await bob.people(2)
    await bob.content.click()
    await bob.page.keyboard.press('Control+a')
    await expect(ann.page.locator('.cm-collab-caret')).to_have_count(1, timeout=WITHIN)
    await expect(ann.page.locator('.cm-collab-shade')).not_to_have_count(0, timeout=WITHIN)
    second = await bob.page.context.new_page()
    await Tab(second).open(f'{collab.url}/d/doc')
    await ann.people(2)  # two tabs of one person are one person
    await second.close()
    await bob.page.close()
    await ann.page.wait_for_function(
        "document.querySelector('[data-testid=presence-count]').textContent.includes('1')", timeout=2_000
    )
    await expect(ann.page.locator('.cm-collab-caret, .cm-collab-shade')).to_have_count(0, timeout=WITHIN)


async def test_the_status_tells_the_truth_when_the_network_is_gone(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    bob = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.page.evaluate('window.socket.disconnect()')
    await ann.status('offline')
    await ann.content.click()
    await ann.page.keyboard.type('written offline')
    await ann.status('offline')
    await bob.has('')
    await ann.page.evaluate('window.socket.connect()')
    await ann.saved()
    await bob.has('written offline')
    assert await collab.text('doc') == 'written offline'


async def test_a_program_edits_while_people_type(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='title\n\nbody\n')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.content.click()
    await ann.page.keyboard.press('Control+End')
    typing = asyncio.create_task(ann.page.keyboard.type('typed by ann', delay=20))
    answer = await ann.page.request.put(
        f'{collab.url}/api/documents/doc/text',
        data='Title\n\nbody\n',
        headers={'Content-Type': 'text/plain'},
    )
    assert answer.status == 204
    await typing
    text = await equal_everywhere(collab, [ann])
    assert text.startswith('Title')


async def test_letters_stay_in_order_while_the_text_scrolls(collab: Collab, visitor: Visitor) -> None:
    """The browser may handle a key and a scroll event in one go; every second line was wrong once."""
    await collab.create('doc', text='A line.\n\n' * 60)
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.content.click()
    await ann.page.keyboard.press('Control+End')
    await ann.page.evaluate(SCROLLS)
    lines = [f'{number} {ascii_lowercase * 3}' for number in range(10)]
    await ann.page.keyboard.type('\n'.join(lines))
    await ann.saved()
    assert (await collab.text('doc')).split('\n')[-10:] == lines


async def test_the_title_is_everybodys(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', title='Old')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    bob = await (await visitor()).open(f'{collab.url}/d/doc')
    title = ann.page.get_by_test_id('title')
    await title.fill('New title')
    await title.press('Enter')
    await expect(bob.page.get_by_test_id('title')).to_have_value('New title', timeout=WITHIN)
