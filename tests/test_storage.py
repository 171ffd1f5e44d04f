"""The store: the promises of the port on memory and on SQLite, and what SQLite does with damaged rows."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from collab.rooms.ports import DamagedDocument, Record, Store
from collab.rooms.shelf import Indexed
from collab.storage.documents import Documents
from collab.storage.opening import Reading
from models import Database, open_database
from tests.support.chapters_contract import ChaptersContract, chapter
from tests.support.shelf_contract import ListContract, SearchContract, TrashContract
from tests.support.store import MemoryStore
from tests.support.store_contract import StoreContract, records

TABLES = ('documents', 'updates', 'chapters', 'snapshots', 'replicas')


class TestMemory(StoreContract, ChaptersContract, SearchContract, ListContract, TrashContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()


class TestSQLite(StoreContract, ChaptersContract, SearchContract, ListContract, TrashContract):
    @pytest.fixture
    def store(self, database: Database) -> Store:
        return Documents(database)


class TestDamage:
    """A document of five updates, after a bad day of the disk."""

    @pytest.fixture
    async def store(self, database: Database) -> Documents:
        store = Documents(database)
        await store.create('plan', 'Our plan', 1)
        await store.append(records('plan', b'one', b'two', b'three', b'four', b'five'))
        await store.create('other', 'Another', 1)
        await store.append(records('other', b'one', b'two', author='bob'))
        return store

    @pytest.fixture
    async def compacted(self, store: Documents) -> Documents:
        await store.compact('plan', 2, b'state of 2')
        await store.compact('plan', 4, b'state of 4')
        return store

    @pytest.mark.parametrize(
        ('damage', 'words'),
        [
            ("UPDATE updates SET 'update' = x'747761' WHERE {row} = 2", 'update 2 is not the one'),
            (
                'UPDATE updates SET \'update\' = CAST("update" AS TEXT) WHERE {row} = 2',
                'update 2 is not the one',
            ),
            ("UPDATE updates SET author = 'eve' WHERE {row} = 3", 'update 3 is not the one'),
            ('UPDATE updates SET created_at = 7 WHERE {row} = 3', 'update 3 is not the one'),
            ("UPDATE updates SET checksum = x'00' WHERE {row} = 5", 'update 5 is not the one'),
            ('DELETE FROM updates WHERE {row} = 3', 'update 3 is missing'),
            ('DELETE FROM updates WHERE {row} = 5', 'should end at update 5, but ends at 4'),
            ('DELETE FROM updates', 'should end at update 5, but ends at 0'),
            ('UPDATE documents SET seq = 3', 'should end at update 3, but ends at 5'),
            ('UPDATE documents SET base = 2', 'update 3 is not the one'),
            ('UPDATE documents SET base = 5', 'its text cannot begin after update 5'),
            ('UPDATE documents SET base = -1', 'its text cannot begin after update -1'),
            ("UPDATE documents SET base = 'x'", 'its text cannot begin after update x'),
            ("DELETE FROM documents WHERE id = 'plan'", 'its line in the list of documents is missing'),
        ],
    )
    async def test_a_damaged_log_is_named_and_neither_shown_nor_written(
        self, store: Documents, file: Path, damage: str, words: str
    ) -> None:
        run(file, damage.format(row="document_id = 'plan' AND seq"))
        before = contents(file)
        with pytest.raises(DamagedDocument, match=f'plan: .*{words}'):
            await store.load('plan')
        assert contents(file) == before

    @pytest.mark.parametrize('base', [0, 3, 6, 7])
    async def test_a_life_that_would_begin_elsewhere_is_found(
        self, store: Documents, file: Path, base: int
    ) -> None:
        whole = Record('plan', 6, 'python', 6, b'all', (), (await store.load('plan')).epoch)
        await store.begin_life(whole)
        await store.append(records('plan', b'more', after=6))
        run(file, f"UPDATE documents SET base = {base} WHERE id = 'plan'")
        with pytest.raises(DamagedDocument, match=r'is not the one|its text cannot begin'):
            await store.load('plan')

    async def test_text_that_is_none_any_more_is_found(self, store: Documents, file: Path) -> None:
        run(file, "UPDATE updates SET author = CAST(x'ff' AS TEXT) WHERE document_id = 'plan' AND seq = 3")
        run(file, "UPDATE documents SET title = CAST(x'ff' AS TEXT) WHERE id = 'other'")
        with pytest.raises(DamagedDocument, match='plan: update 3 is not the one'):
            await store.load('plan')
        assert len((await store.load('other')).tail) == 2  # a title has no checksum, and hides no text
        assert len(await store.list()) == 2

    async def test_a_log_whose_index_ends_early_is_found(self, store: Documents, database: Database) -> None:
        reading = await database.read(lambda connection: Reading.take(connection, 'plan', None))
        with pytest.raises(DamagedDocument, match='plan: update 5 is missing'):
            replace(reading, tail=reading.tail[:-1]).prove()

    async def test_a_snapshot_with_a_number_that_is_none_is_passed_over(
        self, compacted: Documents, file: Path
    ) -> None:
        run(file, "UPDATE snapshots SET seq = 'x' WHERE seq = 4")
        loaded = await compacted.load('plan')
        assert (loaded.snapshot_seq, len(loaded.tail)) == (0, 5)

    async def test_a_file_whose_tables_are_not_those_of_the_start_is_damaged(
        self, store: Documents, file: Path
    ) -> None:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute('ALTER TABLE updates RENAME COLUMN author TO authos')
        with pytest.raises(DamagedDocument, match=r'plan: no such column: updates\.author'):
            await store.load('plan')

    async def test_updates_that_changed_places_are_found(self, store: Documents, file: Path) -> None:
        run(
            file,
            'UPDATE updates SET seq = 109 - seq WHERE seq IN (4, 5)',
            'UPDATE updates SET seq = seq - 100 WHERE seq > 100',
        )
        with pytest.raises(DamagedDocument, match='plan: update 4 is not the one that was written'):
            await store.load('plan')

    async def test_two_flipped_updates_harm_no_other_document(self, store: Documents, file: Path) -> None:
        run(file, "UPDATE updates SET 'update' = x'00' WHERE seq IN (2, 4) AND document_id = 'plan'")
        with pytest.raises(DamagedDocument, match='plan: update 2 is not the one that was written'):
            await store.load('plan')
        assert (await store.load('other')).tail == (b'one', b'two')

    async def test_a_row_of_another_document_is_not_taken_for_ones_own(
        self, store: Documents, file: Path
    ) -> None:
        run(
            file,
            "DELETE FROM updates WHERE document_id = 'plan' AND seq = 2",
            "UPDATE updates SET document_id = 'plan' WHERE document_id = 'other' AND seq = 2",
        )
        with pytest.raises(DamagedDocument, match='plan: update 2 is not the one'):
            await store.load('plan')

    @pytest.mark.parametrize(
        ('damage', 'snapshot', 'seq'),
        [
            ('seq = 4', b'state of 2', 2),
            ('seq = 2', b'state of 4', 4),
            ('seq > 0', None, 0),
        ],
    )
    async def test_a_bad_snapshot_falls_back_to_the_older_one_and_then_to_the_log(
        self, compacted: Documents, file: Path, damage: str, snapshot: bytes | None, seq: int
    ) -> None:
        run(file, f"UPDATE snapshots SET state = x'00' WHERE {damage}")
        before = contents(file)
        loaded = await compacted.load('plan')
        assert (loaded.snapshot, loaded.snapshot_seq) == (snapshot, seq)
        assert loaded.tail == (b'one', b'two', b'three', b'four', b'five')[seq:]
        assert contents(file) == before

    async def test_a_snapshot_that_survives_its_log_is_no_document(
        self, compacted: Documents, file: Path
    ) -> None:
        run(file, 'DELETE FROM updates WHERE seq > 1', 'UPDATE documents SET seq = 1')
        with pytest.raises(DamagedDocument, match='plan: the log ends at update 1, before snapshot 4'):
            await compacted.load('plan')

    async def test_a_bad_snapshot_is_replaced_by_the_next_good_one(
        self, compacted: Documents, file: Path
    ) -> None:
        run(file, "UPDATE snapshots SET state = x'00' WHERE seq = 4")
        await compacted.compact('plan', 4, b'state of 4')
        assert (await compacted.load('plan')).snapshot == b'state of 4'

    async def test_two_snapshots_are_kept_and_the_whole_log(self, store: Documents, file: Path) -> None:
        for seq in range(1, 6):
            await store.compact('plan', seq, b'state')
        await store.compact('other', 1, b'state')
        rows = contents(file)
        assert [row[:2] for row in rows['snapshots']] == [('other', 1), ('plan', 4), ('plan', 5)]
        assert len(rows['updates']) == 7


class TestDamagedChapters:
    """A document of two chapters and two updates behind them, and of a snapshot behind the first."""

    @pytest.fixture
    async def store(self, database: Database) -> Documents:
        store = Documents(database)
        await store.create('plan', 'Our plan', 1)
        await store.append(records('plan', b'one', b'two', b'three', b'four', b'five', b'six'))
        epoch = (await store.load('plan')).epoch
        await store.bind('plan', chapter(1, 2), epoch)
        await store.compact('plan', 2, b'state of 2')
        await store.bind('plan', chapter(3, 4), epoch)
        return store

    @pytest.mark.parametrize(
        ('damage', 'words'),
        [
            ("content = x'00'", 'the chapter of updates 3 to 4 is not the one that was written'),
            ('created_at = 7', 'the chapter of updates 3 to 4 is not the one'),
            ('begins_life = 1', 'the chapter of updates 3 to 4 is not the one'),
            ('first_seq = 2', 'the chapter of updates 2 to 4 is not the one'),
            ("first_seq = 'x'", 'the chapter of updates x to 4 is not the one'),
            ("checksum = x'00'", 'the chapter of updates 3 to 4 is not the one'),
            ('last_seq = 5', 'the chapter of updates 3 to 5 is not the one'),
            ("document_id = 'other'", 'update 3 is missing'),
        ],
    )
    async def test_it_is_named_and_neither_shown_nor_written(
        self, store: Documents, file: Path, damage: str, words: str
    ) -> None:
        await store.create('other', 'Other', 1)
        run(file, f'UPDATE chapters SET {damage} WHERE first_seq = 3')
        before = contents(file)
        with pytest.raises(DamagedDocument, match=f'plan: {words}'):
            await store.load('plan')
        assert contents(file) == before

    async def test_an_end_that_is_no_number_is_found(self, store: Documents, file: Path) -> None:
        run(file, "UPDATE chapters SET last_seq = 'x' WHERE first_seq = 3")
        with pytest.raises(
            DamagedDocument, match='chapter of updates 3 to x is not the one that was written'
        ):
            await store.load('plan')
        for attempt in (store.log_size('plan'), store.load_bound('plan'), store.rows('plan')):
            with pytest.raises(DamagedDocument, match='not known where its last chapter ends'):
                await attempt

    async def test_a_missing_one_is_found(self, store: Documents, file: Path) -> None:
        run(file, 'DELETE FROM chapters WHERE first_seq = 3')
        with pytest.raises(DamagedDocument, match='plan: update 3 is missing'):
            await store.load('plan')
        with pytest.raises(DamagedDocument, match='plan: update 3 is missing'):
            await store.rows('plan')

    async def test_a_lost_state_costs_nothing_but_time(self, store: Documents, file: Path) -> None:
        run(file, "UPDATE snapshots SET state = x'00'")
        loaded, bound = await store.load('plan'), await store.load_bound('plan')
        assert (loaded.snapshot, loaded.chapters, loaded.tail) == (
            None,
            (b'1 to 2', b'3 to 4'),
            (b'five', b'six'),
        )
        assert (bound.seq, bound.snapshot, bound.chapters) == (4, None, (b'1 to 2', b'3 to 4'))

    async def test_a_life_that_begins_within_a_chapter_is_found(self, store: Documents, file: Path) -> None:
        for base in (2, 3):
            run(file, f'UPDATE documents SET base = {base}')
            with pytest.raises(DamagedDocument, match=r'its text cannot begin|is missing'):
                await store.load('plan')

    async def test_damage_of_the_file_is_told_as_such(self, store: Documents, file: Path) -> None:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute('ALTER TABLE chapters RENAME COLUMN content TO contend')
        with pytest.raises(DamagedDocument, match=r'plan: no such column: chapters\.content'):
            await store.log_size('plan')

    async def test_the_file_becomes_shorter(self, store: Documents, file: Path, database: Database) -> None:
        await store.append(records('plan', *[b'x' * 100_000] * 100, after=6))
        epoch = (await store.load('plan')).epoch
        for seq in range(5, 107):
            await store.bind('plan', chapter(seq, seq), epoch)
        assert len((await store.load('plan')).chapters) == 103
        await database.dispose()
        assert size(file) < 2_000_000


async def test_what_was_stored_is_there_after_a_restart(file: Path) -> None:
    for turn in range(3):
        database = open_database(f'sqlite+aiosqlite:///{file}')
        store = Documents(database)
        if turn == 0:
            await store.create('plan', 'Our plan', 1)
        await store.append(records('plan', b'%d' % turn, after=turn))
        await database.dispose()
        assert [path.name for path in file.parent.glob('collab.db*')] == ['collab.db']
    assert len(contents(file)['updates']) == 3


def run(file: Path, *statements: str) -> None:
    """Change rows behind the store's back."""
    connection = sqlite3.connect(file)
    for statement in statements:
        assert connection.execute(statement).rowcount > 0, statement
    connection.commit()
    connection.close()


def size(file: Path) -> int:
    return file.stat().st_size


def contents(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    connection = sqlite3.connect(file)
    rows = {table: connection.execute(f'SELECT * FROM {table} ORDER BY 1, 2').fetchall() for table in TABLES}
    connection.close()
    return rows


async def test_a_damaged_index_is_made_again(database: Database, file: Path) -> None:
    store = Documents(database)
    await store.create('plan', 'Our plan', 1)
    await store.index([Indexed(lag, 'ladder') for lag in await store.behind()])
    index = file.with_name('collab.db.search')
    index.write_bytes(b'These are my notes, and they are no index at all. ' * 100)
    with pytest.raises(sqlite3.DatabaseError):
        await store.search('ladder', 10)
    await store.index([Indexed(lag, 'ladder') for lag in await store.behind()])
    assert [found.line for found in await store.search('ladder', 10)] == ['ladder']


async def test_the_index_gives_back_what_it_does_not_need(database: Database, file: Path) -> None:
    store = Documents(database)
    await store.create('plan', 'Our plan', 1)
    (lag,) = await store.behind()
    index = file.with_name('collab.db.search')
    await store.index([Indexed(lag, ' '.join(map(str, range(50_000))))])
    large = size(index)
    for _ in range(20):  # texts are really removed when their lists are joined with others
        await store.index([Indexed(lag, 'ladder')])
    assert size(index) < large / 10


async def test_a_search_does_not_wait_for_who_writes_the_index(database: Database, file: Path) -> None:
    store = Documents(database)
    await store.create('plan', 'Our plan', 1)
    await store.index([Indexed(lag, 'ladder') for lag in await store.behind()])
    with closing(sqlite3.connect(file.with_name('collab.db.search'))) as writer:
        writer.execute('BEGIN IMMEDIATE')
        assert [found.line for found in await store.search('ladder', 10)] == ['ladder']
