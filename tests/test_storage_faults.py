"""What the store does when it is interrupted, locked out, killed, or when its log has grown long."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from collab.storage import chapters, log
from collab.storage.documents import Documents
from models import Database, DatabaseUnusable, open_database
from tests.support.chapters_contract import chapter
from tests.support.processes import lock, python, to_three, turn
from tests.support.store_contract import records

ROOT = Path(__file__).parent.parent
MOMENTS = [*range(20), *range(20, 200, 6), *range(200, 2000, 60)]
"""How many turns of the event loop a call may take before it is cancelled."""


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    opened = open_database(f'sqlite+aiosqlite:///{file}', busy_timeout=0.1)
    yield opened
    await opened.dispose()


@pytest.fixture
async def store(database: Database) -> Documents:
    store = Documents(database)
    for name in ('a', 'b', 'c'):
        await store.create(name, name, 1)
    return store


class TestCancelled:
    async def test_an_append_leaves_all_or_nothing(self, store: Documents) -> None:
        done = 0
        for turns in MOMENTS:
            await cancel(store.append(to_three(done + 1)), turns)
            ends = {(await store.load(name)).seq for name in ('a', 'b', 'c')}
            assert ends in ({done}, {done + 1})
            await store.append(to_three(done + 1))
            done += 1
        assert (await store.load('b')).seq == done

    async def test_a_compaction_leaves_the_old_or_the_new_snapshot(self, store: Documents) -> None:
        for n in range(1, 11):
            await store.append(to_three(n))
        await store.compact('a', 1, b'old')
        for turns in MOMENTS:
            await cancel(store.compact('a', 10, b'new'), turns)
            loaded = await store.load('a')
            assert (loaded.snapshot_seq, loaded.snapshot) in ((1, b'old'), (10, b'new'))
            await store.append(to_three(loaded.seq + 1))

    async def test_a_chapter_is_there_or_its_updates_are(self, store: Documents) -> None:
        for n in range(1, 400):
            await store.append(to_three(n))
        epoch = (await store.load('a')).epoch
        bound = 0
        for turns in MOMENTS:
            await cancel(store.bind('a', chapter(bound + 1, bound + 2), epoch), turns)
            assert (await store.load('a')).seq == 399
            size = await store.log_size('a')
            assert size.bound in (bound, bound + 2)
            assert (size.bound, size.rows) == (2 * size.chapters, 399 - size.bound)
            bound = size.bound
        assert 0 < bound < 2 * len(MOMENTS)

    async def test_a_load_leaves_the_readers_usable(self, store: Documents) -> None:
        for n in range(1, 11):
            await store.append(to_three(n))
        for turns in MOMENTS:
            await cancel(store.load('a'), turns)
            assert len((await store.load('a')).tail) == 10

    async def test_whoever_waits_for_a_turn_has_written_nothing(
        self, store: Documents, database: Database
    ) -> None:
        go = asyncio.Event()
        slow = asyncio.create_task(database.write(lambda _: go.wait()))
        waiting = asyncio.create_task(store.append(to_three(1)))
        await turn()
        waiting.cancel()
        go.set()
        assert await slow
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert (await store.load('a')).seq == 0

    async def test_a_load_sees_the_commit_that_its_writer_gave_up_on(
        self, store: Documents, database: Database
    ) -> None:
        started, go = asyncio.Event(), asyncio.Event()

        async def rename(connection: AsyncConnection) -> None:
            started.set()
            await go.wait()
            await connection.execute(text("UPDATE documents SET title = 'late' WHERE id = 'a'"))

        given_up = asyncio.create_task(database.write(rename))
        await started.wait()
        given_up.cancel()
        load = asyncio.create_task(store.load('a'))
        await turn()
        go.set()
        assert (await load).info.title == 'late'


class TestLockedOut:
    async def test_an_append_gives_up_soon_and_works_afterwards(self, store: Documents, file: Path) -> None:
        with lock(file):
            async with asyncio.timeout(5):
                with pytest.raises(OperationalError, match='database is locked'):
                    await store.append(to_three(1))
            assert (await store.load('a')).seq == 0  # reading goes on meanwhile
        await store.append(to_three(1))
        assert (await store.load('a')).seq == 1

    async def test_a_start_gives_up_soon(self, store: Documents, file: Path) -> None:
        with lock(file), pytest.raises(DatabaseUnusable, match=r'collab\.db: database is locked$'):
            open_database(f'sqlite+aiosqlite:///{file}', busy_timeout=0.1)


class TestFull:
    async def test_a_full_disk_refuses_whole_commits_until_there_is_room(
        self, store: Documents, database: Database
    ) -> None:
        await database.write(lambda connection: connection.execute(text('PRAGMA max_page_count = 100')))
        large = [*to_three(1), *records('b', b'x' * 1_000_000, after=1)]
        for _ in range(3):
            with pytest.raises(OperationalError, match='database or disk is full'):
                await store.append(large)
            assert {(await store.load(name)).seq for name in ('a', 'b', 'c')} == {0}
        await database.write(lambda connection: connection.execute(text('PRAGMA max_page_count = 10000')))
        await store.append(large)
        assert [(await store.load(name)).seq for name in ('a', 'b', 'c')] == [1, 2, 1]


class TestKilled:
    async def test_every_acknowledged_row_is_there_after_kill_9(self, file: Path) -> None:
        acknowledged = 0
        for _ in range(3):
            child = python(
                f"""
                from tests.test_storage_faults import *
                asyncio.run(append_for_ever({str(file)!r}))
                """
            )
            assert child.stdout
            for _, line in zip(range(60), child.stdout, strict=False):
                acknowledged = int(line)
            child.kill()
            rest = child.communicate()[0].split('\n')[:-1]  # the last line may be cut
            acknowledged = int(rest[-1]) if rest else acknowledged
            database = open_database(f'sqlite+aiosqlite:///{file}')
            ends = {(await Documents(database).load(name)).seq for name in ('a', 'b', 'c')}
            await database.dispose()
            assert len(ends) == 1
            assert ends.pop() in (acknowledged, acknowledged + 1)

    async def test_a_chapter_or_its_updates_are_there_after_kill_9(self, file: Path) -> None:
        for _ in range(3):
            child = python(
                f"""
                from tests.test_storage_faults import *
                asyncio.run(bind_for_ever({str(file)!r}))
                """
            )
            assert child.stdout
            for _, line in zip(range(60), child.stdout, strict=False):
                told = int(line)
            child.kill()
            told = max([told, *map(int, child.communicate()[0].split('\n')[:-1])])
            database = open_database(f'sqlite+aiosqlite:///{file}')
            loaded, size = await Documents(database).load('a'), await Documents(database).log_size('a')
            await database.dispose()
            assert told <= loaded.seq <= told + 2
            assert (size.bound, size.rows) == (2 * size.chapters, loaded.seq - size.bound)
            assert told - 2 <= size.bound <= told + 2


class TestLongLog:
    async def test_no_statement_walks_through_a_log(self, store: Documents, file: Path) -> None:
        with statements() as seen:
            await store.append(to_three(1))
            await store.compact('a', 1, b'state')
            await store.load('a')
            await store.rename('a', 'A', 2)
            await store.log_size('a')
            await store.rows('a', 1, 1)
            await store.load_bound('a')
            await store.chapter('a', 0, (await store.load('a')).epoch)
            await store.delete('a', 3)
            await store.restore('a')
        plain = [log.END, log.ADD, log.ADVANCE, log.OWN, log.STORED]
        plain += [chapters.BOUND, chapters.ADD, chapters.REMOVE, chapters.FORGET]
        seen += [(statement, (1,) * statement.count('?')) for statement in plain]
        connection = sqlite3.connect(file)
        plans = {
            statement: [row[3] for row in connection.execute(f'EXPLAIN QUERY PLAN {statement}', parameters)]
            for statement, parameters in seen
        }
        connection.close()
        assert len(plans) > 12
        assert {s: plan for s, plan in plans.items() if any('SCAN' in step for step in plan)} == {}


async def cancel(work: Coroutine[Any, Any, object], turns: int) -> None:
    """Begin `work` and cancel it after some turns of the event loop."""
    task = asyncio.create_task(work)
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """What is sent to SQLite meanwhile, each with parameters that fit."""
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, _x: object, many: bool) -> None:
        if not statement.startswith('BEGIN'):
            seen.append((statement, parameters[0] if many else parameters))

    event.listen(Engine, 'before_cursor_execute', note)
    yield seen
    event.remove(Engine, 'before_cursor_execute', note)


async def append_for_ever(file: str) -> None:
    """What the killed process does: acknowledge each commit on its standard output."""
    store = Documents(open_database(f'sqlite+aiosqlite:///{file}'))
    if not await store.list():
        for name in ('a', 'b', 'c'):
            await store.create(name, name, 1)
    n = (await store.load('a')).seq
    while True:
        n += 1
        await store.append(to_three(n))
        print(n, flush=True)


async def bind_for_ever(file: str) -> None:
    """What the killed process does: put every two updates into a chapter, and say how far it is."""
    store = Documents(open_database(f'sqlite+aiosqlite:///{file}'))
    if not await store.list():
        await store.create('a', 'a', 1)
    size, loaded = await store.log_size('a'), await store.load('a')
    end = loaded.seq
    while True:
        if end < size.bound + 2:
            await store.append(records('a', *[b'x' * 500] * (size.bound + 2 - end), after=end))
        end = size.bound + 2
        await store.bind('a', chapter(size.bound + 1, end), size.epoch)
        size = await store.log_size('a')
        print(end, flush=True)
