"""Documents that begin another life under the hands of people and programs: nobody brings back the old."""

import asyncio
import sys
from pathlib import Path

import pytest

from collab.document import protocol
from tests.faults.scene import HASTE, until
from tests.faults.stored import stored
from tests.support.foreign import RESTORED, Foreign
from tests.support.lives import LIES
from tests.support.page import Page
from tests.support.running import ROOT, Collab, running

WITHIN = 20.0
"""Seconds after the last edit until all must be equal."""
ASK_EVERY = 0.5
"""Seconds between two questions of a page at rest; a real one takes a few seconds."""


class People:
    """Pages and programs in one document, which all show the same in the end."""

    def __init__(self, collab: Collab) -> None:
        self.collab = collab
        self.pages: list[Page] = []
        self.programs: list[Foreign] = []

    async def page(self, name: str) -> Page:
        page = Page(name, self.collab.url, 'doc', patience=HASTE)
        self.pages.append(page)
        page.open()
        await until(lambda: page.settled, f'{name} is there')
        return page

    async def program(self, name: str) -> Foreign:
        program = Foreign(name, self.collab.url, 'doc', patience=HASTE)
        self.programs.append(program)
        program.open()
        await until(lambda: program.online, f'{name} is there')
        return program

    async def agree(self) -> str:
        """Everybody is at rest and asks, until all hear that they hold what the server does; the text."""
        async with asyncio.timeout(WITHIN):
            while True:
                for page in self.pages:
                    page.check()
                await asyncio.sleep(ASK_EVERY)
                text = await self.collab.text('doc')
                if all(page.settled and page.agreed and page.text == text for page in self.pages):
                    return text

    async def close(self) -> None:
        for one in (*self.pages, *self.programs):
            await one.crash()
        for page in self.pages:
            await page.device.http.aclose()


async def test_a_forged_edit_leaves_all_equal_for_good(tmp_path: Path) -> None:
    async with running(tmp_path / 'data') as collab:
        await collab.create('doc')
        people = People(collab)
        ann, bob = await people.page('ann'), await people.page('bob')
        liar = await people.program('liar')
        epoch = ann.epoch
        for length, lie in zip((1, 4, 7), LIES, strict=True):
            liar.doc.apply_update(lie)
            liar.send(protocol.update(lie))
            await until(lambda length=length: len(ann.text) == length, 'the lie is stored')  # type: ignore[misc]
        cid = await people.page('cid')
        assert await people.agree() == 'aefgbcd'
        assert {page.epoch for page in (ann, bob, cid)} == {ann.epoch} != {epoch}
        ann.insert(7, '!', 'ann')
        bob.insert(0, '?', 'bob')
        assert await people.agree() == '?aefgbcd!'
        assert {page.text for page in people.pages} == {'?aefgbcd!'}
        collab.kill()
        await collab.start()
        await people.page('dan')
        assert await people.agree() == '?aefgbcd!'
        await until(lambda: liar.closed and liar.closed[0] == RESTORED, 'the liar is of the past')
        late = await people.program('late')
        await until(lambda: late.text == '?aefgbcd!', 'whoever loads it anew has the same')
        assert ann.loads <= 4  # once, for the new life, and after the restart; not for ever
        await people.close()
    log = collab.log.read_text()
    assert log.count('its text begins anew') == 1
    assert 'aefgbcd' not in log
    assert 'Traceback' not in log
    assert (await stored(tmp_path / 'data' / 'collab.db', 'doc')).text == '?aefgbcd!'


async def run(*arguments: object, data: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, 'main.py', *map(str, arguments), cwd=ROOT, env={'COLLAB_DATA_DIR': str(data)}
    )
    assert await process.wait() == 0


@pytest.mark.parametrize('meanwhile', ['typed', 'deleted', 'read'])
async def test_a_program_that_was_there_before_a_restore_brings_nothing_back(
    tmp_path: Path, meanwhile: str
) -> None:
    data = tmp_path / 'data'
    async with running(data) as collab:
        await collab.create('doc', text='The good old text.')
        people = People(collab)
        ann, program = await people.page('ann'), await people.program('program')
        await until(lambda: program.text == ann.text != '', 'both have the text')
        program.insert(0, '> ', 'mark')
        await until(lambda: ann.text == '> The good old text.', 'it is shown')
        await run('backup', tmp_path / 'backup.db', data=data)
        if meanwhile == 'typed':
            program.insert(2, 'Not ', 'typed')
        elif meanwhile == 'deleted':
            program.delete(0, 20, 'deleted')
        if meanwhile != 'read':
            await until(lambda: program.text == ann.text, 'it is shown')
            assert await people.agree() != '> The good old text.'
        await run('restore', tmp_path / 'backup.db', data=data)
        await until(lambda: ann.loads == 2 and ann.settled, 'the page is loaded anew')
        await until(lambda: program.closed and program.closed[0] == RESTORED, 'the program is refused')
        if program.online:
            program.insert(0, 'again ', 'again')
        assert await people.agree() == '> The good old text.'
        program.insert(0, 'and again ', 'and again')
        ann.insert(0, 'Ann: ', 'ann')
        assert await people.agree() == 'Ann: > The good old text.'
        assert program.closed is not None
        assert 'oad it anew' in str(program.closed[1]) or 'restored from a backup' in str(program.closed[1])
        program.forget()
        await until(lambda: program.text == 'Ann: > The good old text.', 'the program begins anew')
        program.insert(0, '* ', 'welcome')
        await until(lambda: ann.text == '* Ann: > The good old text.', 'and takes part again')
        await people.agree()
        await people.close()
