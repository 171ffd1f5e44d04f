"""A database is made, brought up to date, or refused in one line; never half of it."""

import logging
import sqlite3
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from collab.storage.documents import Documents
from models import Base, DatabaseUnusable, open_database
from tests.support.old_database import make_old
from tests.support.store_contract import records


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / 'a folder of 100% "odd" names' / 'deep' / 'collab.db'


async def test_an_empty_folder_becomes_a_database_and_a_second_start_changes_nothing(file: Path) -> None:
    for _ in range(2):
        database = open_database(f'sqlite+aiosqlite:///{file}')
        await database.dispose()
        schema = query(file, 'SELECT name, sql FROM sqlite_master ORDER BY name')
        assert {name for name, _ in schema} >= {
            'documents',
            'updates',
            'chapters',
            'snapshots',
            'replicas',
            'people',
            'pins',
            'templates',
            'messages',
            'readings',
            'images',
        }
        assert query(file, 'SELECT version_num FROM alembic_version') == [('0006',)]
        assert query(file, 'PRAGMA journal_mode') == [('wal',)]
        assert query(file, 'PRAGMA auto_vacuum') == [(2,)]  # incremental
    assert sorted(path.name for path in file.parent.iterdir()) == ['collab.db']


async def test_a_start_keeps_the_documents(file: Path) -> None:
    database = open_database(f'sqlite+aiosqlite:///{file}')
    await Documents(database).create('plan', 'Our plan', 1)
    await Documents(database).append(records('plan', b'one'))
    await database.dispose()
    database = open_database(f'sqlite+aiosqlite:///{file}')
    assert (await Documents(database).load('plan')).tail == (b'one',)
    await database.dispose()


async def test_a_database_of_the_first_collab_is_brought_forward(file: Path) -> None:
    database = open_database(f'sqlite+aiosqlite:///{file}')
    store = Documents(database)
    for name in ('plan', 'notes'):
        await store.create(name, name, 1)
        await store.append([replace(records(name, b'one')[0], replicas=(7, 8))])
    before = await store.load('plan')
    await database.dispose()
    await make_old(file)
    database = open_database(f'sqlite+aiosqlite:///{file}')
    assert query(file, 'SELECT version_num FROM alembic_version') == [('0006',)]
    after = await Documents(database).load('plan')
    assert after == before
    assert (after.owners, after.retired) == ({7: 'ada', 8: 'ada'}, frozenset())
    await database.dispose()


async def test_the_migrations_make_exactly_the_tables_of_the_models(file: Path) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), Base.metadata)

    database = open_database(f'sqlite+aiosqlite:///{file}')
    found = await database.read(lambda connection: connection.run_sync(differences))
    await database.dispose()
    assert found == []


async def test_every_connection_is_set_up_to_be_durable(file: Path) -> None:
    database = open_database(f'sqlite+aiosqlite:///{file}', busy_timeout=1.5)
    for run, read_only in ((database.write, 0), (database.read, 1)):
        for setting, value in (
            ('journal_mode', 'wal'),
            ('synchronous', 2),
            ('foreign_keys', 1),
            ('busy_timeout', 1500),
            ('query_only', read_only),
        ):
            assert await run(partial(scalar, f'PRAGMA {setting}')) == value
    await database.dispose()


async def test_a_start_says_nothing_and_leaves_logging_alone(
    file: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    mine = logging.getLogger('collab.something')
    handlers = list(logging.getLogger().handlers)
    with caplog.at_level(logging.INFO):
        await open_database(f'sqlite+aiosqlite:///{file}').dispose()
    assert caplog.messages == []
    assert capfd.readouterr() == ('', '')
    assert logging.getLogger().handlers == handlers
    assert not mine.disabled


async def refused(file: Path, words: str) -> None:
    """Opening fails in one line that names the place, twice alike, and leaves what is there as it is."""
    before = content(file)
    for _ in range(2):
        with pytest.raises(DatabaseUnusable) as failure:
            open_database(f'sqlite+aiosqlite:///{file}')
        line = str(failure.value)
        assert words in line
        assert str(file.parent) in line
        assert '\n' not in line
    assert content(file) == before


async def test_a_database_of_a_newer_collab_is_refused(file: Path) -> None:
    await open_database(f'sqlite+aiosqlite:///{file}').dispose()
    change(file, "UPDATE alembic_version SET version_num = '9999'")
    await refused(file, 'collab.db: it was written by a newer Collab (its tables are of version 9999)')


async def test_a_database_of_another_program_is_refused(file: Path) -> None:
    file.parent.mkdir(parents=True)
    change(file, 'CREATE TABLE songs (title TEXT)', 'PRAGMA journal_mode = WAL')
    await refused(file, 'collab.db: it belongs to another program')


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = notes(tmp_path / 'collab.db')
    await refused(file, 'collab.db: file is not a database')


async def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    await refused(tmp_path, 'unable to open database file')


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / 'file').touch()
    await refused(tmp_path / 'file' / 'data' / 'collab.db', 'cannot make the data folder')


async def test_a_folder_that_cannot_be_written_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('os.access', lambda *_: False)  # to root, under whom tests often run, all is writable
    await refused(file, 'is not writable')


async def test_a_migration_that_fails_leaves_no_table_behind(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError('database or disk is full')

    with monkeypatch.context() as patch:
        patch.setattr('alembic.runtime.migration.HeadMaintainer.update_to_step', fail)
        with pytest.raises(DatabaseUnusable, match='database or disk is full'):
            open_database(f'sqlite+aiosqlite:///{file}')
    assert query(file, 'SELECT name FROM sqlite_master') == []
    await open_database(f'sqlite+aiosqlite:///{file}').dispose()


@pytest.mark.parametrize(
    'url', ['collab.db', 'sqlite:///collab.db', 'sqlite+aiosqlite://', 'postgresql+asyncpg://host/name', '']
)
async def test_an_address_that_is_no_sqlite_file_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUnusable, match=r'must look like sqlite\+aiosqlite:///data/collab\.db'):
        open_database(url)


async def scalar(statement: str, connection: AsyncConnection) -> object:
    return await connection.scalar(text(statement))


def query(file: Path, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    rows = connection.execute(statement).fetchall()
    connection.close()
    return rows


def notes(file: Path) -> Path:
    file.write_text('These are my notes, and they are not a database at all.\n' * 100)
    return file


def content(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


def change(file: Path, *statements: str) -> None:
    connection = sqlite3.connect(file)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
