"""A page of ours and every kind of Yjs client in one document, all typing at once."""

import asyncio
from pathlib import Path

from playwright.async_api import expect
from pycrdt import Doc, Text

from tests.browser.conftest import WITHIN, Tab
from tests.browser.editors import Foreign, Hocuspocus, Visitor
from tests.support.programs import program
from tests.support.rooms import becomes
from tests.support.running import Collab, running

ROUNDS = 3
EACH = 8


def words(who: str, part: int) -> list[str]:
    return [f'{who}{number}. ' for number in range(part * EACH, part * EACH + EACH)]


async def write_in(editor: Foreign, who: str) -> None:
    """Type, go away, type on, and come back, some times over."""
    for part in range(ROUNDS):
        for word in words(who, part)[: EACH // 2]:
            await editor.add(word)
        await editor.leave()
        for word in words(who, part)[EACH // 2 :]:
            await editor.add(word)
        await editor.come_back()
        await editor.until('provider.synced')


async def write_on(tab: Tab, who: str) -> None:
    """Type as a person does, and reload the page in between."""
    for part in range(ROUNDS):
        await tab.content.click()
        await tab.page.keyboard.press('Control+Home')
        await tab.page.keyboard.type(''.join(words(who, part)), delay=5)
        if part == 1:
            await tab.page.reload()
            await tab.saved()


async def write_from(doc: Doc[Text], address: str, who: str) -> None:
    """Type from Python, over one connection after the other."""
    for part in range(ROUNDS):
        async with program(address, 'doc', doc) as text:
            for word in words(who, part)[: EACH // 2]:
                text += word
                await asyncio.sleep(0)
        for word in words(who, part)[EACH // 2 :]:
            text += word


async def test_all_kinds_of_clients_type_at_once_in_one_document(
    collab: Collab, visitor: Visitor, tmp_path: Path
) -> None:
    await collab.create('doc', text='Start. ')
    tab = await (await visitor()).open(f'{collab.url}/d/doc')
    editors = {
        'Websocket': Foreign(await visitor(), 'one'),
        'Three': Hocuspocus(await visitor(), 'two', 3),
        'Four': Hocuspocus(await visitor(), 'three', 4),
    }
    for name, editor in editors.items():
        await editor.join(collab, 'doc', stranger=True)  # it may say what it is called
        await editor.called(name)
    doc: Doc[Text] = Doc()
    address = collab.url.removeprefix('http://')
    await asyncio.gather(
        write_on(tab, 'Page'),
        write_from(doc, address, 'Python'),
        *(write_in(editor, name) for name, editor in editors.items()),
    )
    async with program(address, 'doc', doc, person='Python') as text:
        for name in (*editors, 'Python'):
            face = tab.page.get_by_test_id('presence-person').get_by_text(name, exact=True)
            await expect(face).to_be_attached(timeout=WITHIN)
        written = [
            word
            for who in ('Page', 'Python', *editors)
            for part in range(ROUNDS)
            for word in words(who, part)
        ]
        length = len('Start. ' + ''.join(written))
        await becomes(lambda: len(str(text)) == length)
        for editor in editors.values():
            await editor.until(f'text.length === {length}')
        await tab.saved()
        shown = await collab.text('doc')
        await tab.has(shown)
        assert [str(text), *[await editor.text() for editor in editors.values()]] == [shown] * 4
        assert sorted(shown.split()) == sorted(['Start.', *map(str.strip, written)])  # each once, and whole
    collab.kill()
    async with running(tmp_path / 'data') as again:  # at another port, where nobody could bring anything
        assert await again.text('doc') == shown
    await collab.start()
