"""Every page in every state that people may meet it in, made in a real browser."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

import httpx
from playwright.async_api import Browser, Locator, Page, WebSocketRoute, expect

from collab.storage.backup import back_up
from tests.browser.conftest import WITHIN
from tests.support.running import Collab, running

HOUR = 3_600_000
TITLES = {
    'plan': 'Launch plan',
    'minutes': 'Meeting notes, Tuesday',
    'ideas': 'Ideas for the workshop',
    'long': 'A title that somebody made much longer than any title should ever be, so that it has to be cut',
    'arabic': 'ملاحظات الاجتماع',
    'reading': 'Reading list',
}
READ_ONLY = 'getElement(document.querySelector(".collab-editor").id.slice(1)).editor.setReadOnly(true)'
REMAINS = """dispatchEvent(new CustomEvent('collab-remains', {detail: {
    putBack: null, why: 'restored', keys: [], text: 'Ask Mina whether the room is free on Monday.',
}}))"""
DROP_A_DRAWING = """content => {
    const data = new DataTransfer();
    data.items.add(new File(['<svg/>'], 'drawing.svg', {type: 'image/svg+xml'}));
    const {left, top} = content.getBoundingClientRect();
    const where = {clientX: left + 40, clientY: top + 60, bubbles: true, cancelable: true};
    content.dispatchEvent(new DragEvent('drop', {...where, dataTransfer: data}));
}"""
PROGRAM = '''def greet(name: str) -> str:
    """What is said at the door."""
    return f'Hello, {name}!'
'''
TEXT = """\
# Launch plan

We open the doors on **Monday**, and everybody writes in *this* document until then.

## Who does what

- [x] Ask the printer for a quote
- [ ] Write the invitation
- [ ] Order `200` chairs from <https://chairs.example>

> What is not written down here will be forgotten.

| When | What |
|------|------|
| 9:00 | Doors open |
| 10:30 | First talk |

```python
guests = sum(answer == 'yes' for answer in answers)
```
"""


@dataclass
class Scene:
    """A page that is to be brought into a state, a server with documents, and one without."""

    browser: Browser
    page: Page
    full: Collab
    empty: Collab
    others: list[Page] = field(default_factory=list)

    async def open(self, document_id: str = 'plan') -> None:
        """Be in a document."""
        await self.page.goto(f'{self.full.url}/d/{document_id}')
        await self.status('saved')

    async def status(self, state: str) -> None:
        await expect(self.find('save-status')).to_have_attribute('data-state', state, timeout=WITHIN)

    def find(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    async def join(self, document_id: str) -> Page:
        """Somebody else is there, too."""
        context = await self.browser.new_context()
        page = await context.new_page()
        self.others.append(page)
        await page.goto(f'{self.full.url}/d/{document_id}')
        await expect(page.get_by_test_id('save-status')).to_have_attribute(
            'data-state', 'saved', timeout=WITHIN
        )
        return page

    async def end(self) -> None:
        for page in self.others:
            await page.context.close()


@asynccontextmanager
async def two_servers(folder: Path) -> AsyncIterator[tuple[Collab, Collab]]:
    """One with documents, of which some are damaged and one is deleted; and one without any."""
    (folder / 'full').mkdir()
    (folder / 'empty').mkdir()
    data = folder / 'full' / 'data'
    async with running(data) as full:
        for document_id, title in TITLES.items():
            await full.create(document_id, title=title, text=TEXT if document_id == 'plan' else title)
        await full.create('blank', title='Untitled')
        await full.create('damaged', title='Damaged', text='precious')
        back_up(data / 'collab.db', data / 'backups' / 'daily-2026-11-24-101500.db')
        await full.create('lost', title='Lost', text='precious')
        await full.create('deleted', title='Deleted', text='precious')
        await delete(full, 'deleted')
        full.stop()
        spoil(data / 'collab.db')
        await full.start()
        async with running(folder / 'empty' / 'data') as empty:
            yield full, empty


def spoil(database: Path) -> None:
    """Let two documents be damaged, and the others be of different ages."""
    with closing(sqlite3.connect(database)) as connection, connection:
        spoilt = "document_id IN ('damaged', 'lost')"
        connection.execute(f"UPDATE updates SET checksum = x'00' WHERE {spoilt}")
        connection.execute(f'DELETE FROM snapshots WHERE {spoilt}')
        for hours, document_id in enumerate((*TITLES, 'blank', 'damaged', 'lost')):
            connection.execute(
                'UPDATE documents SET changed_at = changed_at - ? WHERE id = ?',
                (hours * hours * HOUR, document_id),
            )


async def delete(collab: Collab, document_id: str) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.delete(f'{collab.url}/api/documents/{document_id}')
    assert answer.is_success, answer.text


async def home(scene: Scene) -> None:
    other = await scene.join('ideas')
    await scene.page.goto(scene.full.url)
    await expect(scene.find('document-row').locator('.face').first).to_be_visible()
    await expect(other.get_by_test_id('editor')).to_be_visible()


async def home_empty(scene: Scene) -> None:
    await scene.page.goto(scene.empty.url)
    await expect(scene.find('new-document')).to_be_visible()


async def home_renaming(scene: Scene) -> None:
    await scene.page.goto(scene.full.url)
    await scene.page.get_by_role('button', name='Rename').nth(1).click()
    await expect(scene.page.get_by_label('New title')).to_be_focused()


async def home_deleted(scene: Scene) -> None:
    await scene.full.create(f'passing-{token_hex(4)}', title='Of no use any more')
    await scene.page.goto(scene.full.url)
    row = scene.find('document-row').filter(has_text='Of no use any more')
    await row.get_by_role('button', name='Delete').click()
    await expect(scene.page.get_by_role('button', name='Undo')).to_be_visible()
    await expect(row).to_have_count(0)


async def home_myself(scene: Scene) -> None:
    await scene.page.goto(scene.full.url)
    await scene.page.locator('button.face').click()
    await settled(scene.page.get_by_role('dialog'))


async def home_menu(scene: Scene) -> None:
    await scene.page.goto(scene.full.url)
    await scene.page.get_by_role('button', name='More').nth(1).click()
    await settled(scene.page.get_by_text('Keep as template'))


async def home_templates(scene: Scene) -> None:
    """With one of their own."""
    await scene.open('minutes')
    await scene.page.get_by_role('button', name='More').click()
    await scene.page.get_by_text('Keep as template').click()
    await expect(scene.page.get_by_text('is a template of yours now')).to_be_visible()
    await scene.page.goto(scene.full.url)
    await scene.page.get_by_role('button', name='From a template').click()
    await settled(scene.page.get_by_role('dialog'))
    await expect(scene.page.get_by_role('button', name='Remove')).to_be_visible()


async def home_search(scene: Scene) -> None:
    await searched(scene, 'open doors')
    await expect(scene.page.locator('.document mark').first).to_be_visible()


async def home_search_nothing(scene: Scene) -> None:
    await searched(scene, 'zebra crossing')
    await expect(scene.find('document-row')).to_have_count(0)


async def home_dropping(scene: Scene) -> None:
    """Somebody holds files over the page."""
    await scene.page.goto(scene.full.url)
    await scene.page.evaluate("document.body.classList.add('dropping')")


async def home_imported(scene: Scene) -> None:
    """Of what somebody chose, one file could not be read."""
    await scene.page.goto(scene.full.url)
    await scene.page.locator('input[type=file]').set_input_files(
        [
            {'name': 'notes.md', 'mimeType': 'text/markdown', 'buffer': b'# Imported notes'},
            {'name': 'holiday.mov', 'mimeType': 'video/quicktime', 'buffer': b'\0\0\0\x14ftypqt'},
        ]
    )
    await expect(scene.find('notice')).to_be_visible(timeout=WITHIN)
    await expect(scene.find('document-row').filter(has_text='Imported notes').first).to_be_visible()


async def home_offline(scene: Scene) -> None:
    await scene.page.goto(scene.full.url)
    await scene.page.wait_for_function('window.socket?.connected')
    await scene.page.evaluate('window.socket.disconnect()')
    await expect(scene.page.locator('.offline')).to_contain_text('Offline', timeout=WITHIN)


async def trash(scene: Scene) -> None:
    await scene.page.goto(f'{scene.full.url}/trash')
    await expect(scene.find('trash-row').first).to_be_visible()


async def trash_empty(scene: Scene) -> None:
    await scene.page.goto(f'{scene.empty.url}/trash')
    await expect(scene.page.get_by_text('Nothing is in the trash.')).to_be_visible()


async def trash_for_good(scene: Scene) -> None:
    await trash(scene)
    await scene.page.get_by_role('button', name='Delete “').first.click()
    await settled(scene.page.get_by_role('dialog'))


async def document_export(scene: Scene) -> None:
    await scene.open()
    await scene.page.get_by_role('button', name='More').click()
    await scene.page.get_by_text('Export…').click()
    await settled(scene.page.get_by_role('dialog', name='Export'))


async def home_look(scene: Scene) -> None:
    await scene.page.goto(scene.full.url)
    await scene.page.get_by_role('button', name='Display').click()
    await expect(scene.page.get_by_text('As the system')).to_be_visible()


async def document(scene: Scene) -> None:
    """Two others are there: one selects a line, one only reads."""
    await scene.open()
    writer, _ = await scene.join('plan'), await scene.join('plan')
    await writer.locator('.cm-line', has_text='Write the invitation').click()
    await writer.keyboard.press('Home')
    await writer.keyboard.press('Shift+End')
    await expect(scene.find('presence-person')).to_have_count(3)
    await expect(scene.page.locator('.cm-collab-shade').first).to_be_attached()


async def document_preview(scene: Scene) -> None:
    """Beside the text, or in its place where there is no room for both."""
    await scene.open()
    await read(scene.page)


async def document_people(scene: Scene) -> None:
    await document(scene)
    await scene.find('presence-count').click()
    await expect(scene.page.locator('.people-list')).to_be_visible()


async def document_following(scene: Scene) -> None:
    await document_people(scene)
    await scene.page.locator('.people-list button').first.click()
    await expect(scene.page.locator('.collab-following')).to_be_visible()


async def document_palette(scene: Scene) -> None:
    await scene.open()
    await scene.page.keyboard.press('Control+k')
    await expect(scene.page.get_by_role('option').first).to_be_visible()


async def document_help(scene: Scene) -> None:
    await scene.open()
    await scene.page.keyboard.press('Control+k')
    await scene.page.keyboard.type('keys')
    await scene.page.keyboard.press('Enter')
    await settled(scene.page.get_by_role('dialog'))


async def document_outline(scene: Scene) -> None:
    await scene.open()
    await scene.page.keyboard.press('Control+Shift+O')
    await expect(scene.page.get_by_role('navigation', name='Outline')).to_be_visible()


async def document_menu(scene: Scene) -> None:
    await scene.open()
    await scene.page.get_by_role('button', name='More').click()
    await settled(scene.page.get_by_text('Keep as template'))


async def document_qr(scene: Scene) -> None:
    await document_menu(scene)
    await scene.page.get_by_text('Show a QR code').click()
    await settled(scene.page.get_by_role('dialog', name='Join with a phone'))


async def document_empty(scene: Scene) -> None:
    await scene.open('blank')


async def document_look(scene: Scene) -> None:
    await scene.open()
    await scene.page.get_by_role('button', name='Display').click()
    await expect(scene.page.get_by_text('As the system')).to_be_visible()


async def document_shared(scene: Scene) -> None:
    await scene.open()
    await scene.page.get_by_role('button', name='Share').click()
    await expect(scene.find('notice')).to_be_visible()


async def document_finding(scene: Scene) -> None:
    await scene.open()
    await scene.page.locator('.cm-content').press('Control+f')
    await scene.page.keyboard.type('every')
    await expect(scene.page.locator('.cm-searchMatch').first).to_be_visible()


async def document_chat(scene: Scene) -> None:
    """Somebody asked something, with a link in it."""
    talking = f'talking-{token_hex(4)}'
    await scene.full.create(talking, title=TITLES['plan'], text=TEXT)
    await scene.open(talking)
    other = await scene.join(talking)
    await open_chat(other)
    for words in ('Is the room free on Monday?', 'They show it here: https://rooms.example/monday'):
        await other.get_by_label('Message', exact=True).fill(words)
        await other.get_by_label('Message', exact=True).press('Enter')
        await expect(other.locator('.chat-text').last).to_have_text(words)
    await open_chat(scene.page)
    await expect(scene.page.locator('.chat-text')).to_have_count(2)


async def document_chat_empty(scene: Scene) -> None:
    await scene.open('blank')
    await open_chat(scene.page)
    await expect(scene.page.get_by_text('Nobody has said anything here yet.')).to_be_visible()


async def document_chat_unread(scene: Scene) -> None:
    talking = f'talking-{token_hex(4)}'
    await scene.full.create(talking, title=TITLES['plan'], text=TEXT)
    await scene.open(talking)
    other = await scene.join(talking)
    await open_chat(other)
    await other.get_by_label('Message', exact=True).fill('Is the room free on Monday?')
    await other.get_by_label('Message', exact=True).press('Enter')
    await expect(scene.find('chat-unread')).to_have_text('1')


async def document_language(scene: Scene) -> None:
    await scene.open()
    await scene.page.keyboard.press('Control+k')
    await scene.page.keyboard.type('language')
    await scene.page.keyboard.press('Enter')
    await expect(scene.page.get_by_role('dialog', name='Language of the text')).to_be_visible()


async def document_program(scene: Scene) -> None:
    await scene.full.create(program := f'program-{token_hex(4)}', title='greet.py', text=PROGRAM)
    await scene.open(program)
    await scene.page.keyboard.press('Control+k')
    await scene.page.keyboard.type('language')
    await scene.page.keyboard.press('Enter')
    await scene.page.keyboard.type('python')
    await scene.page.keyboard.press('Enter')
    await expect(scene.page.locator('.cm-collab-code')).to_have_count(1)


async def document_not_uploaded(scene: Scene) -> None:
    await scene.open()
    await scene.page.locator('.cm-content').evaluate(DROP_A_DRAWING)
    await expect(scene.page.get_by_text('drawing.svg was not uploaded')).to_be_visible()


async def document_opening(scene: Scene) -> None:
    await scene.page.route_web_socket('**', never)
    await scene.page.goto(f'{scene.full.url}/d/plan')
    await settled(scene.page.locator('.collab-editor'))


async def document_offline(scene: Scene) -> None:
    await scene.open('reading')
    await scene.page.evaluate('window.socket.disconnect()')
    await scene.status('offline')
    await scene.page.locator('.cm-content').press('End')
    await scene.page.keyboard.type(': a book')
    await expect(scene.find('save-status')).to_contain_text('kept on this device')


async def document_read_only(scene: Scene) -> None:
    """No page asks for it yet; the editor can."""
    await scene.open()
    await scene.page.evaluate(READ_ONLY)
    await scene.status('read-only')


async def document_gone(scene: Scene) -> None:
    going = f'going-{token_hex(4)}'
    await scene.full.create(going, title='Farewell party', text='Bring your own chair.')
    await scene.open(going)
    await delete(scene.full, going)
    await expect(scene.page.get_by_role('button', name='Take it back')).to_be_visible()


async def document_unsent(scene: Scene) -> None:
    """As the editor tells it when a backup was restored meanwhile."""
    await scene.open()
    await scene.page.evaluate(REMAINS)
    await expect(scene.page.get_by_role('button', name='Save as a new document')).to_be_visible()


async def missing(scene: Scene) -> None:
    await scene.page.goto(f'{scene.full.url}/d/weekly-plan')


async def nowhere(scene: Scene) -> None:
    await scene.page.goto(f'{scene.full.url}/no/such/page')


async def deleted(scene: Scene) -> None:
    await scene.page.goto(f'{scene.full.url}/d/deleted')


async def damaged(scene: Scene) -> None:
    await scene.page.goto(f'{scene.full.url}/d/damaged')
    await expect(scene.find('open-backup')).to_be_visible()


async def damaged_without_backup(scene: Scene) -> None:
    await scene.page.goto(f'{scene.full.url}/d/lost')


async def unavailable(scene: Scene) -> None:
    database = scene.empty.data / 'collab.db'
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute('ALTER TABLE documents RENAME TO elsewhere')
    try:
        await scene.page.goto(scene.empty.url)
    finally:
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute('ALTER TABLE elsewhere RENAME TO documents')
    await expect(scene.page.get_by_role('link', name='Try again')).to_be_visible()


State = Callable[[Scene], Awaitable[None]]

STATES: tuple[State, ...] = (
    home, home_empty, home_renaming, home_deleted, home_myself, home_look, home_menu, home_templates,
    home_search, home_search_nothing, home_dropping, home_imported, home_offline,
    trash, trash_empty, trash_for_good,
    document, document_preview, document_people, document_following, document_empty, document_look,
    document_shared, document_menu, document_export, document_qr,
    document_finding, document_palette, document_help, document_outline, document_opening,
    document_chat, document_chat_empty, document_chat_unread, document_language, document_program,
    document_not_uploaded,
    document_offline, document_read_only, document_gone, document_unsent,
    missing, nowhere, deleted, damaged, damaged_without_backup, unavailable,
)  # fmt: skip


async def together(scene: Scene) -> None:
    """Four people write at four places, with the preview where there is room for both; for the README."""
    meeting = f'meeting-{token_hex(4)}'
    await scene.full.create(meeting, title=TITLES['plan'], text=TEXT)
    await scene.open(meeting)
    await be(scene.page, 'Ada', 'Indigo')
    others = [await scene.join(meeting) for _ in range(3)]
    for other, (name, color) in zip(
        others, (('Mina', 'Pink'), ('Jonas', 'Teal'), ('Leïla', 'Rust')), strict=True
    ):
        await be(other, name, color)
    if await scene.page.locator('.collab-modes [data-mode=both]').is_visible():
        await read(scene.page)
    await scene.page.get_by_role('button', name='Dismiss').click()
    await expect(scene.find('notice')).to_have_count(0)
    await expect(scene.find('company')).to_contain_text('joined', timeout=WITHIN)
    await expect(scene.find('company')).to_be_empty(timeout=WITHIN)
    mina, jonas, leila = others
    await mina.locator('.cm-line', has_text='Write the invitation').click()
    await mina.keyboard.press('End')
    await leila.locator('.cm-line', has_text='What is not written').click()
    await leila.keyboard.press('Home')
    await leila.keyboard.press('Shift+End')
    await jonas.locator('.cm-line', has_text='First talk').click()
    await jonas.keyboard.press('End')
    await expect(scene.page.locator('.cm-collab-caret')).to_have_count(3, timeout=WITHIN)
    await mina.keyboard.type(', and ask Tom to draw it')
    await expect(scene.page.locator('.cm-content')).to_contain_text('ask Tom to draw it', timeout=WITHIN)


async def be(page: Page, name: str, color: str) -> None:
    """Take this name and this colour."""
    await page.locator('.me button.face').click()
    await page.get_by_label('Your name').fill(name)
    await page.get_by_role('radio', name=color, exact=True).check()
    await page.get_by_role('button', name='Save').click()
    await expect(page.locator('.q-dialog')).to_have_count(0, timeout=WITHIN)


async def searched(scene: Scene, words: str) -> None:
    await scene.page.goto(scene.full.url)
    await scene.page.get_by_label('Search documents').fill(words)
    await expect(scene.page.locator('.found')).to_be_visible(timeout=WITHIN)


async def read(page: Page) -> None:
    """Open the preview."""
    both = page.locator('.collab-modes [data-mode=both]')
    await (both if await both.is_visible() else page.locator('.collab-modes [data-mode=read]')).click()
    await expect(page.get_by_test_id('preview').get_by_role('table')).to_be_visible(timeout=WITHIN)


async def open_chat(page: Page) -> None:
    await page.get_by_role('button', name='Chat').first.click()
    await expect(page.get_by_role('button', name='Send')).to_be_visible(timeout=WITHIN)


async def settled(element: Locator) -> None:
    """Return when it has come to rest."""
    await expect(element).to_be_visible()
    await element.evaluate('e => Promise.all(e.getAnimations({subtree: true}).map((a) => a.finished))')


def never(socket: WebSocketRoute) -> None:
    """A server that does not answer."""
