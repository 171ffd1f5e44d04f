"""Edits that cannot be merged as they are: of another life of the document, of somebody else, or refused."""

import asyncio
import secrets
import shutil
import sqlite3
from base64 import b64encode
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect
from playwright.async_api import TimeoutError as Late

from collab.document import protocol
from collab.document.admission import Ledger
from collab.rooms.hub import Hub
from collab.rooms.room import SETTLED
from collab.storage.documents import Documents
from models import open_database
from tests.browser.conftest import EDITOR, WITHIN, Tab
from tests.browser.writer import Writer, stored
from tests.support.running import Collab, web_client

Visitor = Callable[[], Awaitable[Tab]]

PLAYED = 1_500
"""Random lives of a document that are played in the browser."""

WHAT_LIES_THERE = """(stores) => new Promise((resolve) => {
    const opening = indexedDB.open('collab');
    opening.onsuccess = () => {
        const transaction = opening.result.transaction(stores);
        const counts = stores.map((name) => transaction.objectStore(name).count());
        transaction.oncomplete = () => {
            opening.result.close();
            resolve(counts.map((count) => count.result));
        };
    };
})"""

FORGET_AUTHORS = """() => new Promise((resolve) => {
    const opening = indexedDB.open('collab');
    opening.onsuccess = () => {
        const transaction = opening.result.transaction('edits', 'readwrite');
        transaction.objectStore('edits').openCursor().onsuccess = ({target: {result: cursor}}) => {
            if (!cursor) return;
            const {edits, update} = cursor.value;
            cursor.update({edits, update});
            cursor.continue();
        };
        transaction.oncomplete = () => {
            opening.result.close();
            resolve();
        };
    };
})"""

# Both end what the page does with edits of another epoch at a certain point, as a crash would.
NOT_WRITTEN = """(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...given) {
        if (this.transaction.objectStoreNames.contains('refused')) throw new DOMException('No.', 'DataError');
        return put.apply(this, given);
    };
})()"""
WRITTEN_AND_NOT_SHOWN = """(() => {
    const transaction = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (...given) {
        const made = transaction.apply(this, given);
        if (made.mode === 'readwrite' && made.objectStoreNames.contains('refused')) {
            made.addEventListener('complete', (event) => {
                event.stopImmediatePropagation();
                window.wasWritten = true;
            });
        }
        return made;
    };
})()"""

SLOW_DISK = """(() => {
    const transaction = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (...given) {
        const made = transaction.apply(this, given);
        made.addEventListener('complete', (event) => {
            event.stopImmediatePropagation();
            setTimeout(() => made.oncomplete?.(event), 300);
        });
        return made;
    };
})()"""


class Backups:
    """Copies of the database, as a restore of a backup would put them back."""

    def __init__(self, collab: Collab, folder: Path) -> None:
        self._collab = collab
        self._folder = folder

    async def make(self) -> None:
        self._collab.stop()
        shutil.copytree(self._collab.data, self._folder)
        await self._collab.start()

    def put_back(self) -> None:
        """To be called while the server is stopped: the documents begin new lives."""
        shutil.rmtree(self._collab.data)
        shutil.copytree(self._folder, self._collab.data)
        with closing(sqlite3.connect(self._collab.data / 'collab.db')) as database, database:
            database.execute('UPDATE documents SET epoch = ?', [secrets.randbelow(2**50)])


@pytest.fixture
def backups(collab: Collab, tmp_path: Path) -> Backups:
    return Backups(collab, tmp_path / 'backup')


@pytest_asyncio.fixture(loop_scope='session')
async def ann(collab: Collab, visitor: Visitor) -> Writer:
    """Ann has opened a document that says 'one two three'."""
    await collab.create('doc', text='one two three')
    return await Writer(await visitor()).open(f'{collab.url}/d/doc')


def notice(writer: Writer) -> Locator:
    return writer.page.get_by_test_id('unsent-edits')


def button(writer: Writer, name: str) -> Locator:
    return notice(writer).get_by_role('button', name=name, exact=True)


async def says(writer: Writer, *words: str) -> None:
    for some in words:
        await expect(notice(writer)).to_contain_text(some, timeout=WITHIN)


async def says_nothing(writer: Writer) -> None:
    await expect(notice(writer)).to_have_text('', timeout=WITHIN)


async def lies_there(writer: Writer, *, edits: int, remains: int) -> None:
    """The browser keeps as many batches to be sent, and as many things to be decided."""
    found = None
    with suppress(TimeoutError):
        async with asyncio.timeout(WITHIN / 1000):
            wanted = [edits, remains]
            while (found := await writer.page.evaluate(WHAT_LIES_THERE, ['edits', 'refused'])) != wanted:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    assert found == [edits, remains]


async def insert(writer: Writer, at: int, text: str, delete: int = 0) -> None:
    """As if typed: one edit of this person at this place."""
    change = f'{{changes: {{from: {at}, to: {at + delete}, insert: text}}}}'
    await writer.page.evaluate(f'text => {EDITOR}.view.dispatch({change})', text)


async def restored(collab: Collab, backups: Backups) -> None:
    """The server, which is stopped, comes back with the backup."""
    backups.put_back()
    await collab.start()


async def test_unsent_edits_survive_the_restore_of_a_backup_and_nothing_else_comes_back(
    collab: Collab, ann: Writer, visitor: Visitor, backups: Backups
) -> None:
    await backups.make()
    bob = await Writer(await visitor()).open(f'{collab.url}/d/doc')
    await ann.tab.saved()
    await insert(bob, 13, ' four')
    await bob.tab.saved()
    await ann.tab.has('one two three four')
    collab.stop()
    await ann.tab.status('offline')
    await insert(ann, 0, '😀 ')
    await insert(ann, 6, ', and')
    await insert(ann, 11, '', delete=4)
    await ann.kept()
    assert await ann.tab.text() == '😀 one, and three four'
    await restored(collab, backups)
    await stored(collab, ann.tab, '😀 one, and three')
    await bob.tab.has('😀 one, and three')
    await says(ann, 'This document was restored from a backup.', '3 edits not sent before were put back.')
    await says_nothing(bob)
    await lies_there(ann, edits=0, remains=0)
    await button(ann, 'OK').click()
    await says_nothing(ann)
    await ann.page.reload()
    await stored(collab, ann.tab, '😀 one, and three')
    await says_nothing(ann)
    assert ann.dialogs == []


async def put_in_order(collab: Collab) -> None:
    """The document begins a new life with the text it has, while the server is stopped."""
    database = open_database(f'sqlite+aiosqlite:///{collab.data / "collab.db"}')
    hub = Hub(Documents(database))
    hub.start()
    async with hub.open('doc') as room:
        await hub.healing.settle(room)
        assert room.closed == SETTLED
    await hub.drain()
    await database.dispose()


async def test_unsent_edits_of_a_document_that_was_put_in_order_are_offered_and_nothing_doubles(
    collab: Collab, ann: Writer
) -> None:
    collab.stop()
    await ann.tab.status('offline')
    await insert(ann, 3, ' and a half')
    await insert(ann, 20, '', delete=4)
    await ann.kept()
    await put_in_order(collab)
    await collab.start()
    await stored(collab, ann.tab, 'one two three')
    await says(ann, 'This document was put in order', 'has no place in it', ' and a half')
    await says(ann, 'What you had deleted without a connection may be in it again.')
    await lies_there(ann, edits=0, remains=1)
    await insert(ann, 13, ' four')
    await stored(collab, ann.tab, 'one two three four')


async def test_whoever_only_deleted_reads_that_it_may_be_there_again(collab: Collab, ann: Writer) -> None:
    collab.stop()
    await ann.tab.status('offline')
    await insert(ann, 8, '', delete=4)
    await insert(ann, 0, 'x')
    await insert(ann, 0, '', delete=1)
    await ann.kept()
    await put_in_order(collab)
    await collab.start()
    await stored(collab, ann.tab, 'one two three')
    await says(ann, 'This document was put in order', 'What you had deleted without a connection')
    await lies_there(ann, edits=0, remains=0)
    await notice(ann).get_by_role('button', name='OK').click()
    await says_nothing(ann)


async def test_what_was_put_back_can_be_taken_back_as_one_step(
    collab: Collab, ann: Writer, backups: Backups
) -> None:
    await backups.make()
    await ann.tab.saved()
    collab.stop()
    await ann.tab.status('offline')
    await insert(ann, 0, 'zero ')
    await insert(ann, 18, ' four')
    await insert(ann, 9, '', delete=4)
    await ann.kept()
    await restored(collab, backups)
    await stored(collab, ann.tab, 'zero one three four')
    await ann.type('!')
    await ann.page.keyboard.press('Control+z')
    await ann.tab.has('zero one three four')
    await ann.page.keyboard.press('Control+z')
    await stored(collab, ann.tab, 'one two three')
    await ann.page.keyboard.press('Control+y')
    await stored(collab, ann.tab, 'zero one three four')


async def test_edits_of_lost_text_are_offered_and_saved_as_a_document_of_their_own(
    collab: Collab, ann: Writer, backups: Backups
) -> None:
    await backups.make()
    await ann.tab.saved()
    await insert(ann, 13, '\nlost line')
    await ann.tab.saved()
    collab.stop()
    await ann.tab.status('offline')
    await insert(ann, 23, ', which I went on with 😀')
    await insert(ann, 0, 'zero ')
    await ann.kept()
    await restored(collab, backups)
    await stored(collab, ann.tab, 'zero one two three')
    left = ', which I went on with 😀'
    await says(ann, 'was put back where it fits. This has no place any more:', left)
    await lies_there(ann, edits=0, remains=1)
    await ann.page.reload()  # it waits for its author
    await says(ann, 'What you had not sent yet has no place in it any more:', left)
    await button(ann, 'Copy').click()
    await expect(button(ann, 'Copied')).to_be_visible(timeout=WITHIN)
    assert await ann.page.evaluate('navigator.clipboard.readText()') == left

    await button(ann, 'Save as a new document').click()
    link = ann.page.get_by_test_id('unsent-edits-link')
    await expect(link).to_have_text('doc \u2013 my unsent edits', timeout=WITHIN)
    await expect(button(ann, 'OK')).to_be_focused(timeout=WITHIN)
    await lies_there(ann, edits=0, remains=0)
    assert await collab.text('doc') == 'zero one two three'
    await link.click()
    await ann.tab.has(left)
    await says_nothing(ann)


async def test_what_is_left_of_a_document_that_was_deleted_is_copied_and_saved(
    collab: Collab, ann: Writer, backups: Backups
) -> None:
    await leave_something(collab, ann, backups)
    await ann.page.evaluate('() => { navigator.clipboard.writeText = () => Promise.reject() }')
    await button(ann, 'Copy').press('Enter')
    await expect(button(ann, 'Copied')).to_be_focused(timeout=WITHIN)

    async with web_client() as client:
        assert (await client.delete(f'{collab.url}/api/documents/doc')).status_code == 204
    await expect(ann.page.get_by_text('This document was deleted.').first).to_be_visible(timeout=WITHIN)
    await button(ann, 'Save as a new document').click()
    link = ann.page.get_by_test_id('unsent-edits-link')
    await expect(link).to_have_text('Untitled \u2013 my unsent edits', timeout=WITHIN)
    await link.click()
    await ann.tab.has(' and more')


async def test_whoever_does_not_want_what_is_left_is_asked_once_more(
    collab: Collab, ann: Writer, backups: Backups
) -> None:
    await leave_something(collab, ann, backups)
    await button(ann, 'Discard').click()
    await expect(button(ann, 'Keep it')).to_be_focused(timeout=WITHIN)
    await ann.page.keyboard.press('Enter')
    await expect(button(ann, 'Discard')).to_be_focused(timeout=WITHIN)
    await lies_there(ann, edits=0, remains=1)
    await ann.page.keyboard.press('Enter')
    await ann.page.keyboard.press('Tab')
    await ann.page.keyboard.press('Enter')
    await says_nothing(ann)
    await lies_there(ann, edits=0, remains=0)
    await expect(ann.tab.content).to_be_focused(timeout=WITHIN)


async def test_what_is_left_stays_until_it_really_is_saved(
    collab: Collab, ann: Writer, backups: Backups
) -> None:
    await leave_something(collab, ann, backups)
    collab.stop()
    await ann.tab.status('offline')
    await button(ann, 'Save as a new document').click()
    await says(ann, 'This could not be saved just now. Nothing of it is lost', ' and more')
    await collab.start()
    await ann.tab.saved()
    await says(ann, ' and more')
    await lies_there(ann, edits=0, remains=1)


async def test_the_home_page_marks_documents_with_something_to_decide(
    collab: Collab, ann: Writer, backups: Backups
) -> None:
    await leave_something(collab, ann, backups)
    home = await ann.page.context.new_page()
    await home.goto(collab.url)
    mark = home.get_by_test_id('unsent-mark')
    await expect(mark).to_have_text(
        'Text of yours is on this device only. Open it to decide what becomes of it.', timeout=WITHIN
    )


async def leave_something(collab: Collab, ann: Writer, backups: Backups) -> None:
    """Ann's ' and more' has no place any more."""
    await backups.make()
    await ann.tab.saved()
    await insert(ann, 13, ' lost')
    await ann.tab.saved()
    collab.stop()
    await ann.tab.status('offline')
    await insert(ann, 18, ' and more')
    await ann.kept()
    await restored(collab, backups)
    await says(ann, ' and more')
    await stored(collab, ann.tab, 'one two three')


async def test_two_tabs_and_two_browsers_come_back_from_another_life(
    collab: Collab, ann: Writer, visitor: Visitor, backups: Backups
) -> None:
    await backups.make()
    await ann.tab.saved()
    two = await (await ann.another_tab()).open(f'{collab.url}/d/doc')
    bob = await Writer(await visitor()).open(f'{collab.url}/d/doc')
    writers = {'<ann>': ann, '<two>': two, '<bob>': bob}
    await insert(bob, 0, 'lost ')
    for writer in writers.values():
        await writer.tab.has('lost one two three')
        await writer.tab.saved()
    collab.stop()
    for token, writer in writers.items():
        await writer.tab.status('offline')
        await insert(writer, 12, token)
        await writer.kept()
    await restored(collab, backups)
    for writer in writers.values():
        await writer.page.wait_for_function(f'{EDITOR}?.view.state.doc.length === 28', timeout=WITHIN)
        await writer.tab.saved()
    text = await collab.text('doc')
    for token, writer in writers.items():
        assert text.count(token) == 1
        await writer.tab.has(text)
    assert text.startswith('one two<')
    assert text.endswith('> three')
    await lies_there(ann, edits=0, remains=0)


async def test_a_document_made_anew_under_an_old_id_gets_nothing_of_the_old_one(
    collab: Collab, ann: Writer
) -> None:
    await ann.lose_the_network()
    await insert(ann, 13, ' four')
    await insert(ann, 0, 'zero ')
    await ann.kept()
    await ann.page.close()
    collab.stop()
    shutil.rmtree(collab.data)
    await collab.start()
    await collab.create('doc', text='')
    again = await (await ann.another_tab()).open(f'{collab.url}/d/doc')
    await says(again, 'This document was put in order, restored from a backup, or made anew.')
    await expect(notice(again).locator('pre')).to_have_text(' four\nzero ', timeout=WITHIN)
    await stored(collab, again.tab, '')


@pytest.mark.parametrize('crash', [NOT_WRITTEN, WRITTEN_AND_NOT_SHOWN], ids=['before', 'after'])
async def test_a_crash_between_leaves_the_old_edits_or_the_new_ones(
    crash: str, collab: Collab, ann: Writer, backups: Backups
) -> None:
    await backups.make()
    await ann.tab.saved()
    collab.stop()
    await ann.tab.status('offline')
    await insert(ann, 13, ' four')
    await ann.kept()
    await ann.page.close()
    await restored(collab, backups)
    broken = await ann.another_tab()
    await broken.page.add_init_script(crash)
    await broken.page.goto(f'{collab.url}/d/doc')
    await broken.tab.has('one two three')
    if crash == NOT_WRITTEN:
        await broken.tab.saved()
    else:
        await broken.page.wait_for_function('window.wasWritten', timeout=WITHIN)
    assert await collab.text('doc') == 'one two three'
    await lies_there(broken, edits=1, remains=0)
    await broken.page.close()
    again = await (await ann.another_tab()).open(f'{collab.url}/d/doc')
    await stored(collab, again.tab, 'one two three four')
    await lies_there(again, edits=0, remains=0)


async def test_whoever_has_become_somebody_else_sends_what_was_left_as_their_own(
    collab: Collab, ann: Writer
) -> None:
    await insert(ann, 13, ' four')
    await ann.tab.saved()
    await ann.lose_the_network()
    await insert(ann, 18, ' five')
    await insert(ann, 0, 'zero ')
    await ann.kept()
    await ann.page.context.clear_cookies()
    await ann.page.reload()
    await stored(collab, ann.tab, 'zero one two three four five')
    await says(ann, '2 edits not sent before were put back.')
    await ann.page.reload()
    await stored(collab, ann.tab, 'zero one two three four five')
    await ann.type('!')
    await stored(collab, ann.tab, 'zero one two three four five!')


async def test_what_is_saved_before_the_disk_answers_does_not_stay_there(collab: Collab, ann: Writer) -> None:
    await ann.lose_the_network()
    await insert(ann, 13, ' four')
    await ann.kept()
    await ann.page.context.clear_cookies()
    await ann.page.add_init_script(SLOW_DISK)
    await ann.page.reload()
    await stored(collab, ann.tab, 'one two three four')
    await lies_there(ann, edits=0, remains=0)


async def test_refused_edits_are_offered_and_do_not_come_back_for_ever(collab: Collab, ann: Writer) -> None:
    await insert(ann, 13, ' four')
    await ann.tab.saved()
    await ann.lose_the_network()
    await insert(ann, 18, ' five')
    await ann.kept()
    await ann.page.evaluate(FORGET_AUTHORS)  # as an earlier version kept them
    await ann.page.context.clear_cookies()
    await ann.page.reload()
    await ann.tab.status('error')
    await says(ann, 'The server did not take these edits of yours:', ' five')
    await ann.page.reload()
    await stored(collab, ann.tab, 'one two three four')
    await says(ann, 'The server did not take these edits of yours:', ' five')
    await lies_there(ann, edits=0, remains=1)
    await ann.type('!')
    await stored(collab, ann.tab, 'one two three four!')


async def test_edits_kept_by_an_earlier_version_are_sent_as_before(collab: Collab, ann: Writer) -> None:
    await ann.lose_the_network()
    await insert(ann, 13, ' four')
    await ann.kept()
    await ann.page.evaluate(FORGET_AUTHORS)
    await ann.page.reload()
    await stored(collab, ann.tab, 'one two three four')
    await says_nothing(ann)


RESTORED = ('restored', 'This document was restored from a backup.')


async def hear_of_a_restore(writer: Writer) -> None:
    """The server ends this connection, as it does when it puts back a backup meanwhile."""
    frame = b64encode(protocol.refused(*RESTORED)).decode()
    await writer.page.evaluate(
        """frame => {
            const element = Number(document.querySelector('.collab-editor').id.slice(1));
            for (const listener of window.socket.listeners('collab')) listener(element, frame, false);
        }""",
        frame,
    )


async def test_a_page_that_hears_of_a_restore_keeps_its_edits_and_loads_itself_once(
    collab: Collab, ann: Writer
) -> None:
    await ann.page.evaluate(f"""() => {{
        window.isOld = true;
        window.socket.emit = () => undefined;  // what is sent now is never answered
        {EDITOR}.view.dispatch({{changes: {{from: 13, insert: ' four'}}}});
    }}""")
    await hear_of_a_restore(ann)
    await ann.page.wait_for_function('window.isOld === undefined', timeout=WITHIN)
    await stored(collab, ann.tab, 'one two three four')
    await says_nothing(ann)
    await ann.page.evaluate('window.isOld = true')
    await hear_of_a_restore(ann)  # a second time it must not go round in circles
    await ann.tab.status('error')
    await ann.says('This document was restored from a backup.')
    assert await ann.page.evaluate('window.isOld')
    assert ann.dialogs == []


async def test_people_go_on_writing_when_a_backup_is_put_back_under_their_hands(
    collab: Collab, ann: Writer, visitor: Visitor
) -> None:
    bob = await Writer(await visitor()).open(f'{collab.url}/d/doc')
    await insert(bob, 13, ' lost')
    await bob.tab.saved()
    await ann.tab.has('one two three lost')
    await ann.page.evaluate('window.socket.emit = () => undefined')
    await insert(ann, 0, 'zero ')
    await insert(ann, 23, ' and more')
    with closing(sqlite3.connect(collab.data / 'collab.db', timeout=10)) as database, database:
        database.execute('DELETE FROM updates WHERE seq > 1')
        database.execute('DELETE FROM snapshots WHERE seq > 1')
        database.execute('UPDATE documents SET seq = 1, epoch = epoch / 2')
    await stored(collab, ann.tab, 'zero one two three')
    await bob.tab.has('zero one two three')
    await says(ann, 'was put back where it fits. This has no place any more:', ' and more')
    await says_nothing(bob)
    await bob.type('!')
    await stored(collab, bob.tab, 'zero one two three!')
    await ann.tab.has('zero one two three!')
    assert [*ann.dialogs, *bob.dialogs] == []


AT_THE_LAST_MOMENT = f"""
addEventListener('beforeunload', (event) => event.stopImmediatePropagation());  // an answer would take time
addEventListener('pagehide', (event) => {{
    if (!event.isTrusted || !window.typeAtLast) return;
    window.socket.emit = () => undefined;
    const {{view}} = {EDITOR};
    const type = (text) => view.dispatch({{changes: {{from: view.state.doc.length, insert: text}}}});
    type(` <${{window.typeAtLast}}`);
    window.dispatchEvent(new Event('pagehide'));  // so that this is being written
    type('>');
}});"""


@pytest.mark.alone
async def test_what_was_sent_and_not_confirmed_is_kept_by_a_reload_in_the_same_moment(
    collab: Collab, ann: Writer
) -> None:
    await ann.page.add_init_script(AT_THE_LAST_MOMENT)
    await ann.page.reload()
    await ann.tab.saved()
    text, lost = 'one two three', 0
    for round_number in range(1, 6):
        await ann.page.evaluate('number => { window.typeAtLast = number; }', round_number)
        await ann.page.reload()
        before, text = text, f'{text} <{round_number}>'
        try:
            await ann.tab.has(text)
        except Late:
            await ann.page.reload()
            await ann.tab.saved()
            assert await ann.tab.text() == before, 'it was kept, and nobody looked for it'
            text, lost = before, lost + 1
        await stored(collab, ann.tab, text)
    assert lost <= 1  # Chromium may end a page before it has passed on what that writes, if rarely
    assert ann.dialogs == []


async def test_a_browser_without_a_database_is_not_hurt_by_a_restore(
    collab: Collab, visitor: Visitor, backups: Backups
) -> None:
    await collab.create('doc', text='one two three')
    ann = Writer(await visitor())
    await ann.page.add_init_script("Object.defineProperty(window, 'indexedDB', {value: undefined})")
    await ann.open(f'{collab.url}/d/doc')
    await backups.make()
    await ann.tab.saved()
    await ann.type(' lost')
    await ann.tab.saved()
    collab.stop()
    await ann.tab.status('offline')
    await restored(collab, backups)
    await stored(collab, ann.tab, 'one two three')
    await says_nothing(ann)
    await ann.type(' and on')
    await stored(collab, ann.tab, 'one two three and on')
    await ann.lose_the_network()
    await ann.type('!')
    await hear_of_a_restore(ann)  # it cannot keep the last edit: it does not go away by itself
    await ann.says('This document was restored from a backup.')
    assert await ann.tab.text() == 'one two three and on!'


BESIDE = """async () => {
    const {rebase, ...Y} = await import('collab-editor');
    const textOf = (doc) => doc.getText('content');
    const open = (state) => {
        const doc = new Y.Doc();
        Y.applyUpdate(doc, state);
        return doc;
    };
    const server = new Y.Doc();
    textOf(server).insert(0, 'one two');
    const backup = Y.encodeStateAsUpdate(server);
    textOf(server).insert(3, ' lost');
    const offline = open(Y.encodeStateAsUpdate(server));
    const unsent = [];
    offline.on('update', (update) => unsent.push(update));
    const text = textOf(offline);
    const type = (before, news) => text.insert(text.toString().indexOf(before), news);
    type(' two', '<behind lost text>');  // the letter before it is lost, the one behind it is not
    type(' lost', '<before lost text>');
    type('st<', '<in lost text>');
    type('in lost', 'with');
    text.delete(text.toString().indexOf('> lo') + 1, 3);  // of what is lost, too
    text.delete(0, 2);
    const next = open(backup);
    textOf(next).insert(0, 'New: ');
    const {update, left} = rebase(next, Y.mergeUpdates(unsent), false);
    Y.applyUpdate(next, update);
    return [textOf(next).toString(), left];
}"""


async def test_what_stood_beside_a_letter_that_is_left_stands_there_again(ann: Writer) -> None:
    text, left = await ann.page.evaluate(BESIDE)
    assert text == 'New: e<before lost text><behind lost text> two'
    assert left == '<within lost text>'


async def test_in_any_life_every_letter_ends_in_one_place_only(collab: Collab, ann: Writer) -> None:
    """`rebasing.js` plays them and says what is promised; here the server's gate takes what comes of it."""
    play = (Path(__file__).parent / 'rebasing.js').read_text('utf-8').replace('export function', 'function')
    played = await ann.page.evaluate(
        f"""async (count) => {{
        {play}
        const {{rebase, ...Y}} = await import('collab-editor');
        const two = (byte) => byte.toString(16).padStart(2, '0');
        const hex = (bytes) => bytes && Array.from(bytes, two).join('');
        const results = [];
        for (let seed = 0; seed < count; seed++) {{
            try {{
                const {{life, left, state, update}} = play(seed, {{Y, rebase}});
                results.push([life, left, hex(state), hex(update)]);
            }} catch (error) {{
                throw new Error(`seed ${{seed}}: ${{error.message}}`);
            }}
        }}
        return results;
    }}""",
        PLAYED,
    )
    for life, _, state, update in played:
        if update is not None:
            ledger = Ledger()
            ledger.load(bytes.fromhex(state))
            assert ledger.admit(bytes.fromhex(update), lambda client: True), life
    for life in ('restored', 'same', 'new'):
        assert sum(played_life == life for played_life, *_ in played) > PLAYED / 8
    assert sum(bool(left and update) for _, left, _, update in played) > PLAYED / 8
