"""Words that are composed, as phones and East Asian keyboards do it, while another writes in the line."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import CDPSession, expect

from tests.browser.conftest import EDITOR, SCROLLS, SHOWN, WITHIN, Tab
from tests.support.running import Collab

Visitor = Callable[[], Awaitable[Tab]]
LETTERS = 'ABCDEF'
CORRECT = """([wrong, right]) => {
    const letters = document.createTreeWalker(document.querySelector('.cm-line'), NodeFilter.SHOW_TEXT);
    while (!letters.nextNode().data.includes(wrong)) {}
    const {currentNode} = letters, at = currentNode.data.indexOf(wrong);
    getSelection().setBaseAndExtent(currentNode, at, currentNode, at + wrong.length);
    document.execCommand('insertText', false, right);
}"""
STEPS = ('k', 'か', 'かn', 'かん', 'かんj', 'かんじ')


class Keyboard:
    """One that composes, as the browser hears of it."""

    def __init__(self, tab: Tab, session: CDPSession) -> None:
        self.tab = tab
        self.session = session

    async def compose(self, text: str) -> None:
        """This is what is composed so far."""
        where = {'selectionStart': len(text), 'selectionEnd': len(text)}
        await self.session.send('Input.imeSetComposition', {'text': text, **where})

    async def commit(self, text: str) -> None:
        """This is what was meant."""
        await self.session.send('Input.insertText', {'text': text})


async def keyboard(tab: Tab) -> Keyboard:
    return Keyboard(tab, await tab.page.context.new_cdp_session(tab.page))


async def cursor(tab: Tab, at: int) -> None:
    await tab.content.focus()
    await tab.page.evaluate(f'at => {EDITOR}.view.dispatch({{selection: {{anchor: at}}}})', at)


async def write(tab: Tab, at: int, text: str) -> None:
    """Write at this place as somebody does who looks at it, whatever the focus is at."""
    await tab.page.evaluate(
        f'([at, insert]) => {EDITOR}.view.dispatch({{changes: {{from: at, insert}}, userEvent: "input"}})',
        [at, text],
    )


def without(text: str) -> str:
    """The text but for what the other wrote."""
    return ''.join(sign for sign in text if sign not in LETTERS)


async def has(tab: Tab, words: str) -> None:
    """Return when these words are in this tab's text, whatever the other wrote between them."""
    shown = f'{SHOWN}?.replace(/[{LETTERS}]/g, "").includes(words)'
    await tab.page.wait_for_function(f'words => {shown}', arg=words, timeout=WITHIN)


async def two(collab: Collab, visitor: Visitor, text: str) -> tuple[Tab, Tab]:
    await collab.create('doc', text=text)
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    bob = await (await visitor()).open(f'{collab.url}/d/doc')
    return ann, bob


@pytest.mark.parametrize('place', ['before', 'behind', 'just before', 'just behind', 'around'])
async def test_nothing_is_doubled_or_dropped_while_another_writes_in_the_line(
    collab: Collab, visitor: Visitor, place: str
) -> None:
    ann, bob = await two(collab, visitor, 'one two')
    keys = await keyboard(ann)
    await cursor(ann, 4)
    for composed, letter in zip(STEPS, LETTERS, strict=True):
        await keys.compose(composed)
        await has(bob, composed)
        text = await bob.text()
        start = text.index(composed[0])
        places = {'before': [0], 'behind': [len(text)], 'around': [len(text), 0]}
        near = {'just before': [start], 'just behind': [start + len(composed)]}
        for at in (places | near)[place]:
            await write(bob, at, letter)
    await keys.commit('漢字')
    await has(ann, '漢字')
    await ann.page.keyboard.type('!')
    await has(bob, 'one 漢字!two')
    length = len('one 漢字!two') + len(LETTERS) * (2 if place == 'around' else 1)
    for tab in (ann, bob):
        await tab.page.wait_for_function(f'length => {SHOWN}.length === length', arg=length, timeout=WITHIN)
        text = await tab.text()
        assert '漢字!' in text
        assert without(text) == 'one 漢字!two'
        assert sorted(set(text) & set(LETTERS)) == list(LETTERS)
    await bob.has(await ann.text())


async def test_what_is_composed_goes_on_when_its_line_is_parted_or_another_one_changes(
    collab: Collab, visitor: Visitor
) -> None:
    ann, bob = await two(collab, visitor, 'one two\nthree')
    keys = await keyboard(ann)
    await cursor(ann, 4)
    await keys.compose('か')
    await bob.has('one かtwo\nthree')
    await write(bob, 3, '\n')
    await keys.compose('かん')
    await bob.has('one\n かんtwo\nthree')
    await write(bob, len('one\n かんtwo\nthree'), ' four')
    await keys.commit('缶')
    for tab in (ann, bob):
        await tab.has('one\n 缶two\nthree four')


async def test_who_pauses_within_a_word_sees_what_others_write_and_loses_nothing(
    collab: Collab, visitor: Visitor
) -> None:
    ann, bob = await two(collab, visitor, 'one two')
    keys = await keyboard(ann)
    await cursor(ann, 4)
    await keys.compose('か')
    await bob.has('one かtwo')
    await write(bob, 4, 'x')
    await ann.has('one xかtwo')
    await expect(ann.content).to_be_focused()
    await ann.page.keyboard.type('!')
    for tab in (ann, bob):
        await tab.has('one xか!two')


async def test_words_stay_in_order_while_the_text_scrolls(collab: Collab, visitor: Visitor) -> None:
    ann, bob = await two(collab, visitor, 'one\n\n' * 60)
    keys = await keyboard(ann)
    await cursor(ann, len('one\n\n' * 60))
    await ann.page.evaluate(SCROLLS)
    for number in range(10):
        for composed in STEPS:
            await keys.compose(composed)
        await keys.commit(f'漢字{number}')
    words = ''.join(f'漢字{number}' for number in range(10))
    for tab in (ann, bob):
        await tab.has('one\n\n' * 60 + words)


async def test_two_people_compose_in_one_line_at_once(collab: Collab, visitor: Visitor) -> None:
    ann, bob = await two(collab, visitor, 'ab')
    hers, his = await keyboard(ann), await keyboard(bob)
    await cursor(ann, 0)
    await cursor(bob, 2)
    for composed in STEPS:
        await hers.compose(composed)
        await his.compose(composed)
    await hers.commit('漢')
    await his.commit('字')
    for tab in (ann, bob):
        await tab.has('漢ab字')


async def test_a_word_that_a_phone_corrects_is_there_once(collab: Collab, visitor: Visitor) -> None:
    """Android keyboards compose every word, and put another in its place at the space."""
    ann, bob = await two(collab, visitor, '1 ')
    keys = await keyboard(ann)
    await cursor(ann, 2)
    for composed in ('t', 'te', 'teh'):
        await keys.compose(composed)
    await bob.has('1 teh')
    await write(bob, 0, '- ')
    await keys.commit('the ')
    for composed in ('e', 'en', 'end'):
        await keys.compose(composed)
    await keys.commit('end')
    for tab in (ann, bob):
        await tab.has('- 1 the end')


@pytest.mark.parametrize('place', ['before', 'behind'])
async def test_a_word_replaced_without_being_composed_is_there_once(
    collab: Collab, visitor: Visitor, place: str
) -> None:
    """The keyboard of an iPhone corrects a word so.

    This is a stand-in in Chromium: it selects the word in the page and has it replaced, as Safari does it.
    """
    ann, bob = await two(collab, visitor, 'teh cat adn dog fo them')
    await cursor(ann, 23)
    corrections = {'teh': 'the', 'adn': 'and', 'fo': 'of'}
    for letter, (wrong, right) in zip(LETTERS, corrections.items(), strict=False):
        at = 0 if place == 'before' else len(await bob.text())
        await asyncio.gather(write(bob, at, letter), ann.page.evaluate(CORRECT, [wrong, right]))
        await has(bob, right)
    for tab in (ann, bob):
        await tab.page.wait_for_function(f'{SHOWN}.length === 26', timeout=WITHIN)
        text = await tab.text()
        assert without(text) == 'the cat and dog of them'
        assert sorted(set(text) & set(LETTERS)) == ['A', 'B', 'C']
    await bob.has(await ann.text())


async def test_what_is_given_up_is_gone(collab: Collab, visitor: Visitor) -> None:
    ann, bob = await two(collab, visitor, 'one')
    keys = await keyboard(ann)
    await cursor(ann, 3)
    await keys.compose('か')
    await bob.has('oneか')
    await write(bob, 0, '> ')
    await keys.compose('')
    for tab in (ann, bob):
        await tab.has('> one')
