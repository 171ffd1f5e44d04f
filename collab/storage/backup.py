"""Whole copies of the database: made while people write, proven before they count, and brought back."""

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from collab.storage.checking import DamagedFile, Findings, check, is_of_today
from collab.storage.copying import PATIENCE, copied, reading
from collab.storage.epochs import new_epoch
from models import Base, Database, DatabaseUnusable, open_database

REPLACED = ('snapshots', 'chapters', 'updates')
BESIDE = ('replicas', 'pins', 'messages', 'readings', 'images')
"""Tables of which a restore takes away what is there, and those to which it adds what is not. Client ids that
ever wrote are kept, and belong to an earlier life: who still knows that one shall not write on in the new."""
NAMED = 3
"""How many damaged documents an error names."""


class BackupFailed(Exception):
    """A backup could not be made or brought back; nothing was changed. Its text is one line for a person."""


Snapshots = Sequence[tuple[str, int]]
"""Snapshots by document id and seq."""
Writer = Callable[[Path, Sequence[str], Snapshots], int]
"""Does what `replace` does, given all but the connection. Raises BackupFailed, sqlite3.Error."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore has done."""

    documents: int
    untouched: int
    """Documents that the backup does not know, or that were not asked for; they are as they were."""
    before: Path | None
    """The backup that was made of everything as it was before."""


def back_up(database: Path, target: Path) -> Findings:
    """Copy the database, which may be in use, to `target`, and prove the copy.

    Readers and writers go on meanwhile. The file is complete and on the disk when it appears under its name;
    it can be read by its owner only. Documents that were damaged before are copied as they are: the
    findings name them. Raises BackupFailed.
    """
    if not database.is_file():
        raise BackupFailed(f'there is no database at {database} yet')
    if target.exists():
        raise BackupFailed(f'{target} exists already; name another file')
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with copied(database, target.parent) as copy:
            with closing(sqlite3.connect(copy)) as connection:
                connection.execute('PRAGMA journal_mode = DELETE')  # a backup is one file
                findings = check(connection)
            _sync(copy)
            copy.rename(target)
            _sync(target.parent)
    except DamagedFile as error:
        raise BackupFailed(f'the database {database} is damaged: {error}') from error
    except OSError as error:
        raise BackupFailed(f'cannot write {target}: {error.strerror}') from error
    return findings


def restore(
    database: Path, backup: Path, wanted: Sequence[str], before: Path, writer: Writer | None = None
) -> Restored:
    """Bring back the documents `wanted` from a backup, or all it holds when none are named.

    First all checksums of the backup are compared, then the present state is backed up to `before`, then
    everything happens in one transaction. Each document begins a new life, with a new epoch; whatever else
    is in the database stays as it is. A server that runs meanwhile has to be the `writer`, and goes on with
    what was restored; without one, the caller holds the database.
    Raises BackupFailed, also when the present database cannot be read.
    """
    if not backup.is_file():
        raise BackupFailed(f'there is no file {backup}')
    before.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        # A copy, because an older one is brought up to date first: the backup itself is not touched.
        with copied(backup, before.parent) as copy:
            open_copy(copy, backup)
            findings = _proven(backup, copy, wanted)
            earlier = _keep(database, before)
            chosen = tuple(wanted) or findings.documents
            untouched = (writer or partial(_write, database))(copy, chosen, findings.lost_snapshots)
    except (DamagedFile, DatabaseUnusable) as error:
        raise BackupFailed(f'{backup} cannot be restored: {error}') from error
    except sqlite3.Error as error:
        raise BackupFailed(f'{database} could not be written, and is as it was: {error}') from error
    return Restored(len(chosen), untouched, earlier)


def brought_up(backup: Path, folder: Path) -> Path:
    """The backup itself or, if an older Collab made it, a copy in `folder` that this one reads.

    Raises sqlite3.Error, DatabaseUnusable.
    """
    with closing(reading(backup)) as original:
        if is_of_today(original):
            return backup
        with closing(sqlite3.connect(folder / backup.name)) as copy:
            original.backup(copy)
    open_database(f'sqlite+aiosqlite:///{folder / backup.name}')
    return folder / backup.name


def is_readable(database: Path) -> bool:
    """Whether the file is a database whose pages fit together, or is not there at all."""
    if not database.exists():
        return True
    try:
        with closing(reading(database)) as connection:
            return bool(connection.execute('PRAGMA integrity_check(1)').fetchone() == ('ok',))
    except sqlite3.DatabaseError:
        return False


def open_copy(copy: Path, original: Path) -> Database:
    """Bring a copy up to date and open it. Raises DatabaseUnusable, which names the original."""
    try:
        return open_database(f'sqlite+aiosqlite:///{copy}')
    except DatabaseUnusable as error:
        raise type(error)(str(error).replace(str(copy), str(original))) from error


def _proven(backup: Path, copy: Path, wanted: Sequence[str]) -> Findings:
    with closing(sqlite3.connect(copy)) as connection:
        findings = check(connection)
    if unknown := [name for name in wanted if name not in findings.documents]:
        raise BackupFailed(f'{backup} holds no document with the id {unknown[0]!r}')
    chosen = set(wanted or findings.documents)
    if wrong := [f'{name} ({what})' for name, what in findings.damaged.items() if name in chosen]:
        more = f' and {len(wrong) - NAMED} more' if len(wrong) > NAMED else ''
        raise BackupFailed(
            f'{backup} holds damaged documents: {", ".join(wrong[:NAMED])}{more}. Nothing was restored. '
            'Name the documents to bring back others: restore FILE DOCUMENT_ID ...'
        )
    return findings


def _keep(database: Path, before: Path) -> Path | None:
    if not database.exists():
        return None
    back_up(database, before)
    return before


def replace(
    connection: sqlite3.Connection, copy: Path, chosen: Sequence[str], lost_snapshots: Snapshots
) -> int:
    """Put the chosen documents of a proven copy in place of those in the database; how many others it has.

    All in one transaction, on the only connection that writes, which is in none yet. Raises BackupFailed
    and sqlite3.Error; then nothing has changed.
    """
    connection.execute('ATTACH ? AS backup', (str(copy),))
    try:
        if _version(connection, 'main') != _version(connection, 'backup'):
            raise BackupFailed('the Collab that runs is of another version: restart it first')
        connection.execute('BEGIN IMMEDIATE')
        connection.execute('PRAGMA defer_foreign_keys = ON')  # client ids stay while their document goes
        for name in chosen:
            for table in REPLACED:
                connection.execute(f'DELETE FROM main.{table} WHERE document_id = ?', (name,))
            connection.execute('DELETE FROM main.documents WHERE id = ?', (name,))
            _take(connection, 'documents', 'id', name)
            for table in (*REPLACED, *BESIDE):
                _take(connection, table, 'document_id', name)
            connection.execute('UPDATE main.documents SET epoch = ? WHERE id = ?', (new_epoch(), name))
        for lost in lost_snapshots:
            if lost[0] in chosen:
                connection.execute('DELETE FROM main.snapshots WHERE document_id = ? AND seq = ?', lost)
        _take(connection, 'people')
        (count,) = connection.execute('SELECT count(*) FROM main.documents').fetchone()
        connection.execute('COMMIT')
    finally:
        connection.rollback()
        connection.execute('DETACH backup')
    return int(count) - len(chosen)


def _write(database: Path, copy: Path, chosen: Sequence[str], lost_snapshots: Snapshots) -> int:
    open_database(f'sqlite+aiosqlite:///{database}', PATIENCE)
    with closing(sqlite3.connect(database, timeout=PATIENCE, isolation_level=None)) as connection:
        connection.execute('PRAGMA synchronous = FULL')
        connection.execute('PRAGMA foreign_keys = ON')
        connection.execute('PRAGMA wal_autocheckpoint = 0')  # the log is folded at the start of the server
        return replace(connection, copy, chosen, lost_snapshots)


def _version(connection: sqlite3.Connection, name: str) -> list[tuple[str]]:
    return connection.execute(f'SELECT version_num FROM {name}.alembic_version').fetchall()


def _take(connection: sqlite3.Connection, table: str, key: str = '', name: str = '') -> None:
    """Copy the rows of one document, or all; people and client ids that are there already stay."""
    columns = ', '.join(f'"{column.name}"' for column in Base.metadata.tables[table].columns)
    insert = 'INSERT' if table in ('documents', *REPLACED) else 'INSERT OR IGNORE'
    change = f'{insert} INTO main.{table} ({columns}) SELECT {columns} FROM backup.{table}'
    if key:
        connection.execute(f'{change} WHERE {key} = ?', (name,))
    else:
        connection.execute(change)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
