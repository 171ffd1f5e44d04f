"""Proves every row of a whole database file to be the one that was written."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from collab.storage import checksums
from models import Base

UPDATES = 'SELECT seq, author, created_at, "update", checksum FROM updates WHERE document_id = ? ORDER BY seq'
CHAPTERS = (
    'SELECT first_seq, last_seq, begins_life, created_at, content, checksum FROM chapters '
    'WHERE document_id = ? ORDER BY last_seq'
)
SNAPSHOTS = 'SELECT seq, created_at, state, checksum FROM snapshots WHERE document_id = ? ORDER BY seq'


class DamagedFile(Exception):
    """The file as a whole is damaged, or is no database. Made with what is wrong."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check has found."""

    documents: tuple[str, ...]
    """The ids of all documents, those in the trash included."""
    damaged: dict[str, str]
    """What is wrong, for each document that is not whole."""
    lost_snapshots: tuple[tuple[str, int], ...]
    """Snapshots (document id, seq) that are not as they were written: the log has all that they held."""


def check(connection: sqlite3.Connection) -> Findings:
    """Read everything and compare all checksums. Raises DamagedFile."""
    try:
        problems = [row[0] for row in connection.execute('PRAGMA integrity_check(3)')]
        if problems != ['ok']:
            raise DamagedFile('; '.join(problems).replace('\n', ' '))
        if connection.execute('PRAGMA foreign_key_check').fetchone() is not None:
            raise DamagedFile('it holds parts of documents that it does not hold')
        base = 'base' if knows_lives(connection) else '0'
        found = connection.execute(
            f'SELECT id, seq, {base} FROM documents WHERE deleted_at IS NOT 0 ORDER BY id'
        ).fetchall()
        damaged = {name: wrong for name, *head in found if (wrong := _wrong(connection, name, *head))}
        names = tuple(name for name, _, _ in found)
        lost = tuple((name, seq) for name in names for seq in _lost_snapshots(connection, name))
    except sqlite3.DatabaseError as error:
        raise DamagedFile(str(error)) from error
    return Findings(names, damaged, lost)


def knows_lives(connection: sqlite3.Connection) -> bool:
    """Whether a document may have earlier lives here; in a backup of the first Collab it has none."""
    columns = connection.execute("SELECT name FROM pragma_table_info('documents')")
    return ('base',) in columns.fetchall()


def is_of_today(connection: sqlite3.Connection) -> bool:
    """Whether every table and column that this Collab reads is there."""
    columns = connection.execute(
        "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
    )
    tables = Base.metadata.tables.values()
    return {(table.name, column.name) for table in tables for column in table.columns} <= {*columns}


def _wrong(connection: sqlite3.Connection, name: str, end: int, base: int) -> str:
    """What is wrong with the log of a document that should end at update `end`; empty when nothing is.

    Its life begins after update `base`; earlier ones may have begun anywhere before.
    """
    if not isinstance(base, int):
        return 'it is not known where its life begins'
    last = 0
    for first, upto, begins, broken in chain(_chapters(connection, name), _updates(connection, name)):
        if broken:
            return broken
        if first != last + 1:
            return f'update {last + 1} is missing'
        if first <= base < upto or (first > base and begins != (first == base + 1 > 1)):
            return f'its life does not begin after update {base}'
        last = upto
    if last == end and base and not 0 < base < end:
        return f'its life does not begin after update {base}'
    return '' if last == end else f'the log should end at update {end}, but ends at {last}'


Piece = tuple[int, int, bool, str]
"""A piece of a log: its first and last update, whether it begins a life, and what is wrong with it."""


def _chapters(connection: sqlite3.Connection, name: str) -> Iterator[Piece]:
    if not connection.execute("SELECT 1 FROM pragma_table_info('chapters')").fetchone():
        return  # a backup of a Collab that made none
    for *row, checksum in connection.execute(CHAPTERS, (name,)):
        first, last, begins, *_ = row
        whole = checksum == checksums.of_chapter(name, *row)
        words = f'the chapter of updates {first} to {last} is not the one that was written'
        yield first, last, bool(begins), '' if whole else words


def _updates(connection: sqlite3.Connection, name: str) -> Iterator[Piece]:
    for *row, checksum in connection.execute(UPDATES, (name,)):
        goes_on = checksum == checksums.of_update(name, *row)
        whole = goes_on or checksum == checksums.of_beginning(name, *row)
        words = f'update {row[0]} is not the one that was written'
        yield row[0], row[0], not goes_on, '' if whole else words


def _lost_snapshots(connection: sqlite3.Connection, name: str) -> Iterable[int]:
    for seq, created_at, state, checksum in connection.execute(SNAPSHOTS, (name,)):
        if checksum != checksums.of_snapshot(name, seq, created_at, state):
            yield seq
