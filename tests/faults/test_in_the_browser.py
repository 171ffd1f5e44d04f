"""What a real Chromium goes through at the worst moments, and what is in the document afterwards."""

# ruff: noqa: F811 - a fixture of another folder is named like what it gives

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import BrowserContext, Page

from tests.browser.conftest import EDITOR, WITHIN, Tab, browser, collab, one_browser, visitor  # noqa: F401
from tests.support.running import Collab

pytestmark = [pytest.mark.browser, pytest.mark.rounds(1), pytest.mark.asyncio(loop_scope='session')]

Visitor = Callable[[], Awaitable[Tab]]

TYPE = f"""([words, pause, seed]) => new Promise((done) => {{
    const {{view}} = {EDITOR};
    let at = 0;
    const timer = setInterval(() => {{
        if (at === words.length) return clearInterval(timer), done();
        const changes = {{from: view.state.doc.length, insert: words[at]}};
        view.dispatch({{changes, userEvent: 'input.type'}});
        at += 1;
    }}, pause);
}})"""
"""Types word after word at the end of the text, one edit each, and comes back when all are typed."""

WATCH = f"""() => {{
    const {{doc, status}} = {EDITOR};
    let made = 0;
    doc.on('update', (update, origin, _, {{local}}) => {{ if (local) made += 1; }});
    window.addEventListener('collab-status', () => {{
        const {{unsaved, kept, state}} = status();
        claim([made - unsaved + kept, state, unsaved]);
    }});
}}"""
"""From now on tells how many of the edits made here the page calls saved or kept on this device."""

SCATTER = f"""([words, seed]) => {{
    const {{view}} = {EDITOR};
    let state = seed;
    const chance = (below) => (state = (state * 48271) % 2147483647) % below;
    for (const word of words) {{
        const text = view.state.doc.toString();
        // Between words only, so that each is whole for sure.
        const places = [...text.matchAll(/[<\\n]|$/g)].map(({{index}}) => index);
        const from = places[chance(places.length)];
        view.dispatch({{changes: {{from, insert: word}}, userEvent: 'input.type'}});
    }}
}}"""
"""Types words at random places between other words of one paragraph."""


class Writer:
    """A tab in which somebody types numbered words, and what the page claimed of them."""

    def __init__(self, tab: Tab, url: str) -> None:
        self.tab = tab
        self.page = tab.page
        self.url = url
        self.safe = 0
        self.enough = asyncio.Event()
        self.stop_at = 0
        self.page.on('dialog', lambda dialog: asyncio.ensure_future(dialog.accept()))

    def _claim(self, claim: tuple[int, str, int]) -> None:
        safe, state, unsaved = claim
        assert not (state == 'saved' and unsaved), 'the page says saved, and counts unsaved edits'
        self.safe = max(self.safe, safe)
        if safe >= self.stop_at:
            self.enough.set()

    async def open(self) -> 'Writer':
        await self.page.expose_function('claim', self._claim)
        await self.tab.open(self.url)
        await self.page.evaluate(WATCH)
        return self

    async def type_until(self, words: list[str], stop_at: int, pause: int = 5) -> None:
        """Type; return at the moment when so many of the words are called safe."""
        self.stop_at = stop_at
        typing = asyncio.create_task(self.page.evaluate(TYPE, [words, pause, 0]))
        typing.add_done_callback(lambda task: task.cancelled() or task.exception())
        async with asyncio.timeout(WITHIN / 1000):
            await self.enough.wait()


async def end(page: Page, how: str) -> None:
    """What a person or a machine does to a tab."""
    if how == 'reload':
        with_server_gone = page.reload(wait_until='commit')
        await asyncio.gather(with_server_gone, return_exceptions=True)
    elif how == 'close':
        await page.close(run_before_unload=False)
    else:
        session = await page.context.new_cdp_session(page)
        async with page.expect_event('crash', timeout=WITHIN):
            crash = asyncio.create_task(session.send('Page.crash'))
        crash.cancel()


async def fresh_tab(context: BrowserContext, url: str) -> Tab:
    return await Tab(await context.new_page()).open(url)


@pytest.mark.parametrize('how', ['reload', 'crash', 'close'])
async def test_a_tab_that_ends_at_a_random_moment_with_the_server_stopped(
    how: str,
    seed: int,
    collab: Collab,
    visitor: Visitor,
) -> None:
    chance = random.Random(f'{how} {seed}')
    await collab.create('doc')
    ann = await Writer(await visitor(), f'{collab.url}/d/doc').open()
    context = ann.page.context
    words = [f'<{number}>' for number in range(300)]
    stop_server_at, end_at = sorted(chance.sample(range(1, 250), 2))
    typing = asyncio.create_task(ann.type_until(words, end_at))
    await ann.page.wait_for_function(
        f"length => {EDITOR}?.doc.getText('content').length > length",
        arg=len(''.join(words[:stop_server_at])),
        timeout=WITHIN,
    )
    if chance.random() < 0.5:
        collab.kill()
    else:
        await asyncio.to_thread(collab.stop)
    await typing
    await end(ann.page, how)
    await collab.start()
    again = await fresh_tab(context, ann.url)
    text = await again.text()
    assert text == ''.join(words)[: len(text)], 'something is missing, doubled or out of order'
    assert len(text) >= len(''.join(words[: ann.safe])), f'{ann.safe} words were called safe'
    await again.saved()
    assert await collab.text('doc') == text


async def test_an_hour_offline_in_two_browsers_on_the_same_paragraph(
    seed: int,
    collab: Collab,
    visitor: Visitor,
) -> None:
    await collab.create('doc', text='<begin>')
    writers = [await Writer(await visitor(), f'{collab.url}/d/doc').open() for _ in range(2)]
    words = {
        writer: [f'<{name}{number}>' for number in range(1_000)]  # a word every 3.6 seconds
        for name, writer in zip('ab', writers, strict=True)
    }
    for writer in writers:
        await writer.page.evaluate('window.socket.disconnect()')
        await writer.tab.status('offline')
    for number, writer in enumerate(writers, 1):
        await writer.page.evaluate(SCATTER, [words[writer], seed * 2 + number])
    await writers[0].page.reload()  # one of them comes back by a reload, the other by its connection
    await writers[1].page.evaluate('window.socket.connect()')
    for writer in writers:
        await writer.tab.saved()
    text = await collab.text('doc')
    found = sorted(part + '>' for part in text.split('>')[:-1])
    assert found == sorted(['<begin>', *words[writers[0]], *words[writers[1]]])
    for writer in writers:
        await writer.tab.has(text)


async def test_two_duplicated_tabs_that_type_and_end_in_any_order(
    seed: int,
    collab: Collab,
    visitor: Visitor,
) -> None:
    chance = random.Random(seed)
    await collab.create('doc')
    first = await Writer(await visitor(), f'{collab.url}/d/doc').open()
    async with first.page.expect_popup() as opened:  # it has a copy of this tab's session storage
        await first.page.evaluate("window.open(location.href, '_blank', 'popup'); 0")
    copy = Tab(await opened.value)
    await copy.saved()
    tabs = [first.tab, copy]
    for round_number in range(4):
        for number, tab in enumerate(tabs):
            if chance.random() < 0.5:
                await tab.page.evaluate('window.socket.disconnect()')
            words = [f'<{round_number}.{number}.{word}>' for word in range(20)]
            await tab.page.evaluate(SCATTER, [words, chance.randrange(1, 10_000)])
        for tab in chance.sample(tabs, 2):
            await (
                tab.page.reload() if chance.random() < 0.5 else tab.page.evaluate('window.socket.connect()')
            )
        for tab in tabs:
            await tab.saved()
    text = await collab.text('doc')
    expected = [f'<{a}.{b}.{c}>' for a in range(4) for b in range(2) for c in range(20)]
    assert sorted(part + '>' for part in text.split('>')[:-1]) == sorted(expected)
    for tab in tabs:
        await tab.has(text)
