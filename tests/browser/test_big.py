"""Ten megabytes at once: they arrive whole or are refused as a whole, and meanwhile others go on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.conftest import EDITOR, WITHIN, Tab
from tests.support.running import Collab, running

Visitor = Callable[[], Awaitable[Tab]]

LONG = 60_000
"""Milliseconds for ten megabytes, on a machine that does other things as well."""
LINE = 'Grüße 🙂 from a line of text that somebody has copied somewhere else.\n'
MENU_UNDO = """document.querySelector('.cm-content').dispatchEvent(
    new InputEvent('beforeinput', {inputType: 'historyUndo', bubbles: true, cancelable: true}))"""
TEN_MEGABYTES = (LINE * (9_900_000 // len(LINE.encode()))).removesuffix('\n')

AFTER_PIECES = """([count, action]) => {
    const emit = window.socket.emit;
    let pieces = 0;
    window.halfway = false;
    window.socket.emit = function (event, ...rest) {
        const sent = emit.call(this, event, ...rest);
        if (event === 'collab' && rest[2] && ++pieces === count) {
            window.halfway = true;
            if (action === 'cut') window.socket.io.engine.close();
        }
        return sent;
    };
}"""
"""Note when so many pieces of large frames were sent, and cut the connection there if asked to."""

COUNT_RIGHT = f"""() => {{
    const {{doc, view, bytes}} = {EDITOR};
    const shared = doc.getText('content');
    const letters = ['a', 'ü', '漢', '🙂', '\\n', '👩‍🚀', 'e\\u0301'];
    let seed = 7;
    const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
    const some = () => Array.from({{length: random(5)}}, () => letters[random(letters.length)]).join('');
    const at = () => {{
        const place = random(shared.length + 1);
        return /^[\\udc00-\\udfff]/.test(shared.toString().slice(place)) ? place + 1 : place;
    }};
    for (let round = 0; round < 500; round++) {{
        const [from, to] = [at(), at()].sort((one, other) => one - other);
        const insert = some();
        if (round % 2) view.dispatch({{changes: {{from, to, insert}}}});
        else doc.transact(() => {{ shared.delete(from, to - from); shared.insert(from, insert); }});
        const right = new TextEncoder().encode(shared.toString()).length;
        if (bytes() !== right) return `round ${{round}}: ${{bytes()}} instead of ${{right}}`;
    }}
    return '';
}}"""
"""Edits of this page and of others at random, none of which may part a character."""


class Writer:
    """Somebody in a document, who pastes."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.page = tab.page

    async def type(self, text: str, at: str = 'Control+End') -> None:
        await self.tab.content.focus()
        await self.page.keyboard.press(at)
        await self.page.keyboard.type(text)

    async def paste(self, text: str, at: str = 'Control+End') -> None:
        await self.page.evaluate('text => navigator.clipboard.writeText(text)', text)
        await self.tab.content.focus()
        await self.page.keyboard.press(at)
        await self.page.keyboard.press('Control+V')

    async def length(self, units: int) -> None:
        """Return when the tab shows so many units of text, or more."""
        await self.page.wait_for_function(
            f'units => {EDITOR}?.view.state.doc.length >= units', arg=units, timeout=LONG
        )

    async def saved(self) -> None:
        await expect(self.page.get_by_test_id('save-status')).to_have_attribute(
            'data-state', 'saved', timeout=LONG
        )

    async def told(self, words: str) -> None:
        await expect(self.page.get_by_role('alert').filter(has_text=words)).to_be_visible(timeout=WITHIN)


@pytest_asyncio.fixture(loop_scope='session')
async def write(collab: Collab, visitor: Visitor) -> Callable[[], Awaitable[Writer]]:
    """Somebody opens the document."""
    await collab.create('doc', text='begin ')

    async def arrive() -> Writer:
        return Writer(await (await visitor()).open(f'{collab.url}/d/doc'))

    return arrive


@pytest_asyncio.fixture(loop_scope='session')
async def small(tmp_path: Path) -> AsyncIterator[Collab]:
    """A server whose documents hold a hundred bytes."""
    async with running(tmp_path / 'small', document_limit=100) as collab:
        await collab.create('doc')
        yield collab


def units(text: str) -> int:
    return len(text.encode('utf-16-le')) // 2


async def test_a_paste_beyond_the_limit_is_refused_as_a_whole_and_writing_goes_on(
    collab: Collab, write: Callable[[], Awaitable[Writer]]
) -> None:
    ann, bob = await write(), await write()
    await ann.paste('x' * 12_300_000)
    await ann.told('This would make the document 12.3 MB long; at most 10 MB fit. Nothing was pasted.')
    assert await ann.tab.text() == 'begin '
    await ann.page.keyboard.press('Escape')
    await expect(ann.page.get_by_role('alert')).to_have_count(0)
    await ann.type('and go on')
    await bob.tab.has('begin and go on')
    await ann.saved()
    assert await collab.text('doc') == 'begin and go on'


async def test_ten_megabytes_arrive_whole_while_somebody_else_types_and_can_be_taken_back(
    collab: Collab, write: Callable[[], Awaitable[Writer]]
) -> None:
    ann, bob, carol = await write(), await write(), await write()
    words = ''.join(f'<{number}>' for number in range(60))
    typing = asyncio.create_task(bob.type(words, at='Control+Home'))
    await ann.paste(TEN_MEGABYTES)
    await ann.length(units(TEN_MEGABYTES))
    await ann.type('!')
    await typing
    for writer in (ann, bob):
        await writer.saved()
    whole = f'{words}begin {TEN_MEGABYTES}!'
    assert await collab.text('doc') == whole
    for writer in (bob, carol):
        await writer.length(units(whole))
        assert await writer.tab.text() == whole
    for _ in range(2):
        await ann.page.keyboard.press('Control+Z')
    await carol.tab.has(f'{words}begin ')
    await ann.saved()
    assert await collab.text('doc') == f'{words}begin '


@pytest.mark.parametrize('end', ['cut', 'killed'])
async def test_a_connection_that_breaks_in_the_middle_of_ten_megabytes_halves_and_doubles_nothing(
    end: str, collab: Collab, write: Callable[[], Awaitable[Writer]]
) -> None:
    ann = await write()
    await ann.page.evaluate(AFTER_PIECES, [40, end])
    await ann.paste(TEN_MEGABYTES)
    await ann.page.wait_for_function('window.halfway', timeout=LONG)
    if end == 'killed':
        collab.kill()
        await ann.tab.status('offline')
        await collab.start()
    await ann.length(units('begin ' + TEN_MEGABYTES))
    await ann.saved()
    assert await collab.text('doc') == 'begin ' + TEN_MEGABYTES
    assert await ann.tab.text() == 'begin ' + TEN_MEGABYTES


async def test_ten_megabytes_pasted_offline_survive_a_reload_and_arrive_once(
    collab: Collab, write: Callable[[], Awaitable[Writer]]
) -> None:
    ann = await write()
    await ann.page.evaluate('window.socket.disconnect()')
    await ann.tab.status('offline')
    await ann.paste(TEN_MEGABYTES)
    kept = f'() => {EDITOR}?.status().unsaved === 1 && {EDITOR}.status().kept === 1'
    await ann.page.wait_for_function(kept, timeout=LONG)
    await ann.page.reload()
    await ann.length(units('begin ' + TEN_MEGABYTES))
    await ann.saved()
    assert await collab.text('doc') == 'begin ' + TEN_MEGABYTES


async def test_a_full_document_takes_no_key_and_no_undo_that_would_lengthen_it(
    small: Collab, visitor: Visitor
) -> None:
    ann, bob = [Writer(await (await visitor()).open(f'{small.url}/d/doc')) for _ in range(2)]
    await bob.type('ü' * 40)
    await ann.tab.has('ü' * 40)
    await ann.tab.content.focus()
    await ann.page.keyboard.press('Control+End')
    for _ in range(30):
        await ann.page.keyboard.press('Backspace')
    await bob.tab.has('ü' * 10)
    await bob.paste('x' * 80, at='Control+Home')
    await ann.tab.has('x' * 80 + 'ü' * 10)
    await ann.page.keyboard.press('Control+Z')
    await ann.told('at most 100 bytes fit. Nothing was undone.')
    await ann.page.evaluate(MENU_UNDO)
    await ann.type('y')
    await ann.told('This would make the document 101 bytes long; at most 100 bytes fit. Nothing was added.')
    await expect(ann.tab.content).to_have_text('x' * 80 + 'ü' * 10)
    await ann.page.keyboard.press('Backspace')
    await ann.type('zz')
    await ann.saved()
    assert await small.text('doc') == 'x' * 80 + 'ü' * 9 + 'zz'


async def test_a_full_document_can_be_replaced_by_another_text(small: Collab, visitor: Visitor) -> None:
    ann = Writer(await (await visitor()).open(f'{small.url}/d/doc'))
    for letter in 'ab':
        await ann.paste(letter * 100, at='Control+A')
        await ann.saved()
        assert await small.text('doc') == letter * 100


async def test_the_page_counts_bytes_as_the_server_does(small: Collab, visitor: Visitor) -> None:
    tab = await (await visitor()).open(f'{small.url}/d/doc')
    await tab.page.evaluate('window.socket.disconnect()')
    assert await tab.page.evaluate(COUNT_RIGHT) == ''


async def test_what_is_typed_behind_a_large_paste_is_not_joined_to_it(
    collab: Collab, write: Callable[[], Awaitable[Writer]]
) -> None:
    """Or the server would measure all of the paste anew at each key."""
    ann = await write()
    await ann.paste('🙂' * 10_000)
    await ann.type('typed')
    await ann.saved()
    assert await collab.text('doc') == 'begin ' + '🙂' * 10_000 + 'typed'
    items = f'[...{EDITOR}.doc.store.clients.get({EDITOR}.doc.clientID)].map((item) => item.length)'
    assert await ann.page.evaluate(items) == [2, 19_998, 5]
