"""The database closes within a time limit, whatever still runs, and never keeps the process from ending."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from collab.storage.documents import Documents
from models import Database, DatabaseUnusable, open_database
from tests.support.processes import lock, python, to_three, turn


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    opened = open_database(f'sqlite+aiosqlite:///{file}', busy_timeout=0.1)
    yield opened
    await opened.dispose()


async def test_a_closed_database_says_so(database: Database) -> None:
    await database.dispose()
    await database.dispose()
    with pytest.raises(DatabaseUnusable, match='the database is closed'):
        await Documents(database).append(to_three(1))
    with pytest.raises(DatabaseUnusable, match='the database is closed'):
        await Documents(database).ping()


async def test_closing_waits_for_a_commit_that_runs(database: Database, file: Path) -> None:
    create = asyncio.create_task(Documents(database).create('a', 'a', 1))
    await turn()
    await database.dispose()
    assert (await create).id == 'a'


async def test_closing_does_not_wait_for_ever(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    go = asyncio.Event()
    stuck = asyncio.create_task(database.write(lambda _: go.wait()))
    await turn()
    async with asyncio.timeout(5):
        await database.dispose(limit=0.1)
    assert caplog.messages == ['the database did not close within 0.1 seconds']
    go.set()
    assert await stuck


async def test_closing_does_not_wait_for_another_process(database: Database, file: Path) -> None:
    patient = open_database(f'sqlite+aiosqlite:///{file}', busy_timeout=30)
    with lock(file):
        create = asyncio.create_task(Documents(patient).create('a', 'a', 1))
        await turn()
        async with asyncio.timeout(5):
            await patient.dispose(limit=0.1)
    await create
    await patient.dispose()
    assert (await Documents(database).describe('a')).title == 'a'


def test_a_process_ends_though_another_one_holds_the_file(file: Path) -> None:
    child = python(
        f"""
        from tests.test_storage_closing import *
        async def main():
            database = open_database('sqlite+aiosqlite:///{file}', busy_timeout=0.5)
            print('open', flush=True)
            input()
            asyncio.create_task(Documents(database).create('a', 'a', 1))
            await turn()
            await database.dispose(limit=0.1)
        asyncio.run(main())
        """
    )
    assert child.stdout
    assert child.stdout.readline() == 'open\n'
    with lock(file):
        child.communicate('go\n', timeout=20)
    assert child.returncode == 0


def test_a_process_ends_even_when_nobody_closed_the_database(file: Path) -> None:
    child = python(
        f"""
        from tests.test_storage_closing import *
        asyncio.run(Documents(open_database('sqlite+aiosqlite:///{file}')).list())
        """
    )
    child.communicate(timeout=20)
    assert child.returncode == 0
