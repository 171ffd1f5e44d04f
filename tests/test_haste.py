"""On a quick disk a small commit is done right away, on any other in a thread, and nobody waits."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from models import Database, DatabaseUnusable, open_database
from models.haste import QUICK, Haste
from tests.support.clock import Clock
from tests.support.processes import lock

ENOUGH = 40
"""After so many commits in half the time of a quick disk it is one."""


class Disk:
    """Takes so long for a commit as a test says."""

    def __init__(self, database: Database) -> None:
        self.clock = Clock()
        self.takes = QUICK / 2
        self.threads: list[int] = []
        database._haste = Haste(self.clock)
        self._write = database.write_soon

    def work(self, connection: sqlite3.Connection) -> None:
        connection.execute('INSERT INTO notes VALUES (?)', (len(self.threads),))
        self.threads.append(threading.get_ident())
        self.clock.now += self.takes

    async def commit(self, times: int = 1) -> bool:
        """Whether the last of so many commits was done right here."""
        for _ in range(times):
            await self._write(self.work)
        return self.threads[-1] == threading.get_ident()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = open_database(f'sqlite+aiosqlite:///{tmp_path / "collab.db"}', busy_timeout=5)
    await opened.write_at_once(lambda connection: connection.execute('CREATE TABLE notes (note)'))
    yield opened
    await opened.dispose()


async def count(database: Database) -> int:
    counted = await database.write_at_once(lambda c: c.execute('SELECT count(*) FROM notes').fetchone())
    return int(counted[0])


async def test_a_disk_that_was_quick_for_a_while_is_waited_for(database: Database) -> None:
    disk = Disk(database)
    assert not await disk.commit(ENOUGH // 2)
    assert await disk.commit(ENOUGH // 2)
    assert await count(database) == ENOUGH


async def test_a_quick_disk_may_be_slow_for_a_moment(database: Database) -> None:
    disk = Disk(database)
    for _ in range(3):
        disk.takes = QUICK / 4
        await disk.commit(2 * ENOUGH)
        disk.takes = QUICK * 10
        assert await disk.commit()
        disk.takes = QUICK / 4
        assert await disk.commit()


async def test_on_a_disk_that_gets_slow_the_next_ones_are_done_in_the_thread(database: Database) -> None:
    disk = Disk(database)
    await disk.commit(ENOUGH)
    disk.takes = QUICK * 2
    assert await disk.commit()
    assert not await disk.commit(ENOUGH // 4)
    disk.takes = QUICK / 2
    assert not await disk.commit()
    assert await disk.commit(ENOUGH)


async def test_after_a_commit_that_all_have_noticed_the_next_ones_are_done_in_the_thread(
    database: Database,
) -> None:
    disk = Disk(database)
    await disk.commit(ENOUGH)
    disk.takes = QUICK * 5_000
    assert await disk.commit()
    disk.takes = QUICK / 2
    assert not await disk.commit(ENOUGH // 2)
    assert await disk.commit(ENOUGH)


async def test_what_fails_is_undone_wherever_it_was_done(database: Database) -> None:
    disk = Disk(database)

    def fails(connection: sqlite3.Connection) -> None:
        disk.work(connection)
        raise ValueError('no')

    for here in (False, True):
        assert await disk.commit(ENOUGH + 1 if here else 1) == here
        before = await count(database)
        with pytest.raises(ValueError, match='no'):
            await database.write_soon(fails)
        assert (disk.threads[-1] == threading.get_ident()) == here
        assert await count(database) == before
        with pytest.raises(OperationalError):
            await database.write_soon(lambda connection: connection.execute('no sql'))


async def test_nobody_waits_here_while_somebody_else_writes(database: Database, tmp_path: Path) -> None:
    disk = Disk(database)
    assert await disk.commit(ENOUGH + 1)
    with lock(tmp_path / 'collab.db'):
        writing = asyncio.create_task(disk.commit())
        for _ in range(100):
            await asyncio.sleep(0)  # the loop goes round
        assert not writing.done()
    assert not await writing
    assert await count(database) == ENOUGH + 2


async def test_it_waits_its_turn(database: Database) -> None:
    disk = Disk(database)
    assert await disk.commit(ENOUGH + 1)
    begun, go_on = threading.Event(), threading.Event()

    def slowly(connection: sqlite3.Connection) -> None:
        begun.set()
        assert go_on.wait(10)
        connection.execute('DELETE FROM notes')

    first = asyncio.create_task(database.write_at_once(slowly))
    while not begun.is_set():  # noqa: ASYNC110 (a thread tells it)
        await asyncio.sleep(0.001)
    second = asyncio.create_task(disk.commit())
    await asyncio.sleep(0)
    assert not second.done()
    go_on.set()
    await first
    assert not await second
    assert await count(database) == 1


async def test_a_closed_database_takes_nothing(database: Database) -> None:
    disk = Disk(database)
    assert await disk.commit(ENOUGH + 1)
    await database.dispose()
    with pytest.raises(DatabaseUnusable):
        await disk.commit()
