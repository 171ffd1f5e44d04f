"""A restore beside a running server: the server writes it, once or never."""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
import pytest

from collab.storage.backup import BackupFailed, back_up
from collab.storage.handover import ALIVE, ANSWER, ASKED, COPY, TAKEN, ask
from collab.storage.lock import Hold, beside
from tests.support.processes import python
from tests.support.running import Collab, running

GOOD, SPOILT = 'the good text', 'all spoilt'


class Stage:
    """A server whose documents `plan` and `notes` were spoilt after a copy of them was made."""

    def __init__(self, collab: Collab, copy: Path) -> None:
        self.collab = collab
        self.database = collab.data / 'collab.db'
        self.folder = beside(self.database, 'requests')
        self._copy = copy
        self._before = epochs(self.database)

    def copy(self) -> Path:
        """One to hand over."""
        return Path(shutil.copy(self._copy, self._copy.with_name('one.db')))

    def signal(self, number: signal.Signals) -> None:
        assert self.collab.process
        self.collab.process.send_signal(number)

    async def ask(self, *documents: str, limit: float = 30.0, but: str = '') -> int:
        """Let the server take these documents from a copy, after the statement `but` was done on that."""
        copy = self.copy()
        with closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute(but or 'SELECT 1')
        return await asyncio.to_thread(ask, self.database, copy, documents, (), limit)

    def restored(self) -> set[str]:
        """The documents that are not in the life they were in before."""
        return {name for name, epoch in epochs(self.database).items() if epoch != self._before[name]}

    def log(self) -> str:
        return self.collab.log.read_text()

    def requests(self) -> list[Path]:
        return list(self.folder.glob('*'))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with running(tmp_path / 'data') as collab:
        for name in ('plan', 'notes'):
            await collab.create(name, GOOD)
        back_up(tmp_path / 'data' / 'collab.db', tmp_path / 'copy.db')
        (tmp_path / 'copy.db').chmod(0o600)
        async with httpx.AsyncClient() as client:
            for name in ('plan', 'notes'):
                await client.put(f'{collab.url}/api/documents/{name}/text', content=SPOILT.encode())
        yield Stage(collab, tmp_path / 'copy.db')


def epochs(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(f'file:{database}?mode=ro', uri=True)) as connection:
        return dict(connection.execute('SELECT id, epoch FROM documents').fetchall())


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.02)


@contextmanager
def asked(stage: Stage, words: str, name: str = 'by-hand') -> Iterator[Path]:
    """A request made by hand, of somebody who waits."""
    request = stage.folder / name
    request.mkdir(mode=0o700, parents=True)
    with Hold(request / ALIVE):
        shutil.copy(stage.copy(), request / COPY)
        (request / 'draft').touch(0o600)
        (request / 'draft').write_text(words)
        yield request


async def test_the_server_puts_documents_back_as_often_as_it_is_asked(stage: Stage) -> None:
    assert await stage.ask('plan') == 1
    assert stage.restored() == {'plan'}
    assert await stage.ask('plan', 'notes') == 0
    assert stage.restored() == {'plan', 'notes'}
    async with asyncio.timeout(30):  # rooms look for it every second
        while await stage.collab.text('plan') != GOOD:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert stage.requests() == []
    assert stage.folder.stat().st_mode & 0o777 == 0o700
    assert 'Restored 2 documents' in stage.log()


async def test_what_was_withdrawn_is_never_carried_out(stage: Stage) -> None:
    stage.signal(signal.SIGSTOP)
    with pytest.raises(BackupFailed, match=r'did not begin within 0\.1 seconds; nothing was changed'):
        await stage.ask('plan', limit=0.1)
    assert stage.requests() == []
    stage.signal(signal.SIGCONT)
    assert await stage.ask('notes') == 1  # by now it has looked
    assert stage.restored() == {'notes'}


async def test_a_request_dies_with_its_command(stage: Stage) -> None:
    stage.signal(signal.SIGSTOP)
    command = python(
        f"""
        from pathlib import Path
        from collab.storage.handover import ask
        ask(Path({str(stage.database)!r}), Path({str(stage.copy())!r}), ['plan'], [])
        """
    )
    await until(lambda: list(stage.folder.glob(f'*/{ASKED}')))
    command.kill()
    command.communicate()
    stage.signal(signal.SIGCONT)
    await until(lambda: not stage.requests())
    assert 'was not done: whoever asked is gone' in stage.log()
    assert await stage.ask('notes') == 1
    assert stage.restored() == {'notes'}


@pytest.mark.parametrize('begun', [False, True])
async def test_a_server_that_dies_meanwhile_is_noticed(begun: bool, stage: Stage) -> None:
    stage.signal(signal.SIGSTOP)
    asking = asyncio.create_task(stage.ask('plan'))
    await until(lambda: list(stage.folder.glob(f'*/{ASKED}')))
    if begun:
        (file,) = stage.folder.glob(f'*/{ASKED}')
        file.rename(file.with_name(TAKEN))
    stage.collab.kill()
    with pytest.raises(
        BackupFailed, match='has ended: ' + ('Either all' if begun else 'nothing was changed')
    ):
        await asking
    assert stage.requests() == []
    await stage.collab.start()
    assert stage.restored() == set()


SOUND = json.dumps({'documents': ['plan'], 'lost_snapshots': []})
BAD = [
    '{"documents": ["plan"',
    '["plan"]',
    '{"documents": ["plan"]}',
    '{"documents": [1], "lost_snapshots": []}',
    '{"documents": ["plan"], "lost_snapshots": ["plan"]}',
    '{"documents": ["plan"], "lost_snapshots": [["plan", "new"]]}',
    '{"documents": ["plan"], "lost_snapshots": [["plan", [1]]]}',
]


async def test_what_is_no_request_is_ignored_and_logged(stage: Stage) -> None:
    with ExitStack() as waiting:
        requests = [
            waiting.enter_context(asked(stage, words, f'bad-{number}')) for number, words in enumerate(BAD)
        ]
        for request in requests:
            (request / 'draft').rename(request / ASKED)
        for request in requests:
            await until((request / ANSWER).exists)
            assert 'did not understand' in json.loads((request / ANSWER).read_text())['error']
            assert f'{request.name} was not done' in stage.log()
    assert stage.restored() == set()
    assert await stage.ask('plan') == 1


def open_to_all(request: Path) -> None:
    request.chmod(0o755)


def a_copy_that_others_can_change(request: Path) -> None:
    (request / COPY).chmod(0o660)


def a_link(request: Path) -> None:
    (request / COPY).rename(request / 'elsewhere')
    (request / COPY).symlink_to(request / 'elsewhere')


def no_copy(request: Path) -> None:
    (request / COPY).unlink()


def of_somebody_else(request: Path) -> None:
    """As only root can make it."""
    os.chown(request / 'draft', 12345, 12345)


OTHERS = [open_to_all, a_copy_that_others_can_change, a_link, no_copy]


async def test_what_others_could_have_written_is_ignored_and_logged(stage: Stage) -> None:
    with ExitStack() as waiting:
        requests = []
        for spoil in OTHERS if os.geteuid() else [*OTHERS, of_somebody_else]:
            requests.append(waiting.enter_context(asked(stage, SOUND, spoil.__name__)))
            spoil(requests[-1])
        for request in requests:
            (request / 'draft').rename(request / ASKED)
        for request in requests:
            await until((request / ANSWER).exists)
            assert f'{request.name} was not done' in stage.log()
    assert stage.restored() == set()


async def test_a_restore_that_fails_leaves_all_as_it_was_and_the_next_one_works(stage: Stage) -> None:
    with pytest.raises(BackupFailed, match=r'as it was: the Collab that runs is of another version'):
        await stage.ask('plan', but="UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(BackupFailed, match=r'as it was: no such table'):
        await stage.ask('plan', but='DROP TABLE updates')
    assert stage.restored() == set()
    assert await stage.ask('plan', 'notes') == 0
    assert stage.restored() == {'plan', 'notes'}


async def test_a_start_clears_what_is_left_and_never_restores_twice(stage: Stage) -> None:
    stage.collab.stop()
    left = stage.folder / 'left'
    with asked(stage, SOUND, 'left'):
        (left / 'draft').rename(left / ASKED)
    with asked(stage, SOUND) as waiting:
        (waiting / 'draft').rename(waiting / TAKEN)
        await stage.collab.start()
        await until((waiting / ANSWER).exists)
        assert (
            'Collab began anew meanwhile. Either all' in json.loads((waiting / ANSWER).read_text())['error']
        )
    await until(lambda: not left.exists())
    assert stage.restored() == set()
