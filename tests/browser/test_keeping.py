"""What is not saved yet is kept on the person's own device, and sent once the server is there again."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.conftest import EDITOR, WITHIN, Tab
from tests.browser.writer import Writer, stored
from tests.support.running import Collab

Visitor = Callable[[], Awaitable[Tab]]

NO_DATABASE = "Object.defineProperty(window, 'indexedDB', {value: undefined})"
NO_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', {value: undefined})"
FULL_DATABASE = """IDBObjectStore.prototype.put = () => {
    throw new DOMException('There is no room.', 'QuotaExceededError');
}"""


NOTHING_KEPT = """() => new Promise((resolve) => {
    const opening = indexedDB.open('collab');
    opening.onsuccess = () => {
        const counting = opening.result.transaction('edits').objectStore('edits').count();
        counting.onsuccess = () => {
            opening.result.close();
            resolve(counting.result === 0);
        };
    };
})"""


@pytest_asyncio.fixture(loop_scope='session')
async def ann(collab: Collab, visitor: Visitor) -> Writer:
    """Ann has opened an empty document named 'doc'."""
    await collab.create('doc')
    return await Writer(await visitor()).open(f'{collab.url}/d/doc')


async def test_what_is_typed_while_the_server_is_stopped_arrives_once(collab: Collab, ann: Writer) -> None:
    await ann.type('before, ')
    await ann.tab.saved()
    collab.stop()
    await ann.tab.status('offline')
    await ann.type('meanwhile')
    await ann.kept()
    await ann.says('Offline — 9 edits kept on this device')
    await collab.start()
    await stored(collab, ann.tab, 'before, meanwhile')
    assert ann.dialogs == []


@pytest.mark.parametrize('seed', range(3))
async def test_kill_9_while_somebody_types_loses_and_doubles_nothing(
    seed: int, collab: Collab, ann: Writer
) -> None:
    words = ''.join(f'<{number}>' for number in range(30))
    typing = asyncio.create_task(ann.type(words, delay=8))
    letters = random.Random(seed).randrange(3, 60)
    await ann.page.wait_for_function(f"{EDITOR}?.doc.getText('content').length > {letters}", timeout=WITHIN)
    collab.kill()
    await typing
    await ann.kept()
    await collab.start()
    await stored(collab, ann.tab, words)
    assert ann.dialogs == []


async def test_a_reload_keeps_what_could_not_be_sent(collab: Collab, ann: Writer) -> None:
    await ann.type('one two ')
    await ann.tab.saved()
    await ann.lose_the_network()
    await ann.type('three')
    await ann.page.keyboard.press('Control+Home')
    for _ in 'one ':
        await ann.page.keyboard.press('Delete')
    await ann.kept()
    await ann.page.reload()
    await stored(collab, ann.tab, 'two three')
    await ann.page.reload()
    await stored(collab, ann.tab, 'two three')
    assert ann.dialogs == []


@pytest.mark.parametrize('end', ['closed', 'crashed'])
async def test_a_tab_that_ends_leaves_its_edits_to_the_next(end: str, collab: Collab, ann: Writer) -> None:
    await ann.type('sent, ')
    await ann.tab.saved()
    await ann.lose_the_network()
    await ann.type('not sent')
    await ann.kept()
    if end == 'crashed':
        session = await ann.page.context.new_cdp_session(ann.page)
        async with ann.page.expect_event('crash', timeout=WITHIN):
            crash = asyncio.create_task(session.send('Page.crash'))
        crash.cancel()
    else:
        await ann.page.close(run_before_unload=True)
    again = await (await ann.another_tab()).open(f'{collab.url}/d/doc')
    await stored(collab, again.tab, 'sent, not sent')
    assert ann.dialogs == []


@pytest.mark.parametrize('typed', ['before', 'after'])
async def test_a_tab_beside_it_takes_over_what_one_that_ends_leaves(
    typed: str, collab: Collab, ann: Writer
) -> None:
    await ann.lose_the_network()
    if typed == 'before':
        await ann.type('not sent')
        await ann.kept()
    beside = await (await ann.another_tab()).open(f'{collab.url}/d/doc')
    if typed == 'after':
        await ann.type('not sent')
        await ann.kept()
    assert await collab.text('doc') == ''
    await ann.page.close()
    await stored(collab, beside.tab, 'not sent')


@pytest.mark.parametrize('locks', [True, False])
async def test_two_tabs_of_one_browser_do_each_other_no_harm(
    locks: bool, collab: Collab, ann: Writer
) -> None:
    if not locks:  # as on a page without TLS
        await ann.page.context.add_init_script(NO_LOCKS)
        await ann.page.reload()
    two = await (await ann.another_tab()).open(f'{collab.url}/d/doc')
    for writer in (ann, two):
        await writer.lose_the_network()
    await ann.type('11')
    await two.type('22')
    for writer in (ann, two):
        await writer.kept()
    looks = "document.dispatchEvent(new Event('visibilitychange'))"  # what others have left
    await ann.page.evaluate(looks)
    await asyncio.sleep(0.5)
    await ann.says('2 edits kept on this device')
    await two.page.reload()  # the edits of a tab that lives are left to it
    await two.tab.saved()
    if locks:
        await two.tab.has('22')  # once the page that was reloaded has ended
    await ann.page.evaluate('window.socket.connect()')
    await ann.tab.saved()
    text = await collab.text('doc')
    assert sorted(text) == ['1', '1', '2', '2']
    await two.tab.has(text)


async def test_a_duplicated_tab_is_a_replica_of_its_own(collab: Collab, ann: Writer) -> None:
    await ann.lose_the_network()
    await ann.type('mine')
    await ann.kept()
    async with ann.page.expect_popup() as opened:  # it has a copy of this tab's session storage
        await ann.page.evaluate("window.open(location.href, '_blank', 'popup'); 0")
    copy = Writer(Tab(await opened.value))
    await copy.tab.saved()
    assert await copy.tab.text() == ''
    await copy.type('yours')
    await ann.page.evaluate('window.socket.connect()')
    for writer in (ann, copy):
        await writer.tab.saved()
        await writer.page.wait_for_function(f'{EDITOR}?.view.state.doc.length === 9', timeout=WITHIN)
    assert await collab.text('doc') in ('mineyours', 'yoursmine')


async def test_cursor_selection_and_scroll_position_survive_a_restart(
    collab: Collab, visitor: Visitor
) -> None:
    lines = [f'line {number}' for number in range(300)]
    await collab.create('doc', text='\n'.join(lines))
    ann = await Writer(await visitor()).open(f'{collab.url}/d/doc')
    await ann.page.evaluate(
        f"""() => {{
            const {{view}} = {EDITOR};
            const line = view.state.doc.line(151);
            view.dispatch({{selection: {{anchor: line.from, head: line.to}}, scrollIntoView: true}});
        }}"""
    )
    await ann.page.wait_for_function(f'{EDITOR}?.view.scrollDOM.scrollTop > 1000', timeout=WITHIN)
    scrolled = await ann.page.evaluate(f'{EDITOR}.view.scrollDOM.scrollTop')
    collab.stop()
    await ann.tab.status('offline')
    await collab.start()
    await ann.tab.saved()
    selected = f'{EDITOR}.view.state.sliceDoc({EDITOR}.view.state.selection.main.from,'
    selected += f' {EDITOR}.view.state.selection.main.to)'
    await ann.page.wait_for_function(f"{selected} === 'line 150'", timeout=WITHIN)
    await ann.page.wait_for_function(
        f'Math.abs({EDITOR}?.view.scrollDOM.scrollTop - {scrolled}) < 40', timeout=WITHIN
    )


@pytest.mark.parametrize('broken', [NO_DATABASE, FULL_DATABASE], ids=['missing', 'full'])
async def test_a_browser_that_can_keep_nothing_says_so_and_works(
    broken: str, collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc')
    ann = Writer(await visitor())
    await ann.page.add_init_script(broken)
    await ann.open(f'{collab.url}/d/doc')
    await ann.type('online, ')
    await ann.tab.saved()
    await ann.lose_the_network()
    await ann.type('offline')
    await ann.says('Offline — 7 edits only on this page')
    async with ann.page.expect_event('dialog', timeout=WITHIN) as warned:
        leaving = asyncio.create_task(ann.page.reload())
    assert (await warned.value).type == 'beforeunload'
    await leaving
    await stored(collab, ann.tab, 'online, ')


async def test_an_editor_that_is_put_on_the_page_anew_goes_on(collab: Collab, ann: Writer) -> None:
    await ann.type('sent, ')
    await ann.tab.saved()
    await ann.lose_the_network()
    await ann.type('kept, ')
    await ann.kept()
    await ann.type('just typed')
    await ann.page.evaluate(  # as NiceGUI does when a tab panel is switched
        """() => {
            const root = document.querySelector('.collab-editor');
            const shell = getElement(Number(root.id.slice(1)));
            shell.editor.destroy();
            shell.$options.mounted.call(shell);
        }"""
    )
    await ann.page.evaluate('window.socket.connect()')
    await stored(collab, ann.tab, 'sent, kept, just typed')


async def test_the_home_page_marks_documents_with_unsent_edits(collab: Collab, ann: Writer) -> None:
    await collab.create('other')
    home = await ann.page.context.new_page()
    await home.goto(collab.url)
    await expect(home.get_by_test_id('document-row')).to_have_count(2, timeout=WITHIN)
    mark = home.get_by_test_id('unsent-mark')
    await expect(mark).to_have_count(0, timeout=WITHIN)
    await ann.lose_the_network()
    await ann.type('unsent')
    await ann.kept()
    await home.reload()
    await expect(mark).to_have_count(1, timeout=WITHIN)
    row = home.get_by_test_id('document-row').filter(has=mark)
    await expect(row).to_contain_text('doc', timeout=WITHIN)
    await ann.page.evaluate('window.socket.connect()')
    await ann.tab.saved()
    await ann.page.wait_for_function(NOTHING_KEPT, timeout=WITHIN)
    await home.reload()
    await expect(home.get_by_test_id('document-row')).to_have_count(2, timeout=WITHIN)
    await expect(mark).to_have_count(0, timeout=WITHIN)


async def test_what_is_called_kept_survives_a_crash_at_any_moment(collab: Collab, ann: Writer) -> None:
    chance = random.Random(3)
    whole = ''
    for round_number in range(4):
        words = [f'<{round_number}.{number}>' for number in range(400)]
        claimed = await type_until_it_crashes(ann, words, chance.randrange(1, 300))
        ann = await (await ann.another_tab()).open(f'{collab.url}/d/doc')
        news = (await ann.tab.text()).removeprefix(whole)
        assert news == ''.join(words)[: len(news)]
        assert len(news) >= len(''.join(words[:claimed]))
        whole += news
        await stored(collab, ann.tab, whole)


async def type_until_it_crashes(ann: Writer, words: list[str], letters: int) -> int:
    """Type words without a pause, offline; crash the tab. Returns how many words the page had called kept."""
    claims = [0]
    crash_now = asyncio.Event()

    def claim(count: int) -> None:
        claims.append(count)
        if count >= letters:
            crash_now.set()

    await ann.page.expose_function('claim', claim)
    await ann.lose_the_network()
    await ann.page.evaluate(
        f"""words => {{
            const {{view, status}} = {EDITOR};
            let typed = 0;
            const timer = setInterval(() => {{
                if (typed === words.length) return clearInterval(timer);
                view.dispatch({{changes: {{from: view.state.doc.length, insert: words[typed]}}}});
                typed += 1;
            }}, 4);
            window.addEventListener('collab-status', () => {{
                const {{unsaved, kept}} = status();
                claim(kept - unsaved + typed);
            }});
        }}""",
        words,
    )
    session = await ann.page.context.new_cdp_session(ann.page)
    async with asyncio.timeout(WITHIN / 1000):
        await crash_now.wait()
    async with ann.page.expect_event('crash', timeout=WITHIN):
        crash = asyncio.create_task(session.send('Page.crash'))
    crash.cancel()
    return max(claims)
