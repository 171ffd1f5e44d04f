"""Proves every row of a whole database file to be the one that was written."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from collab.storage import checksums

UPDATES = 'SELECT seq, author, created_at, "update", checksum FROM updates WHERE document_id = ? ORDER BY seq'
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
        ends = dict(connection.execute('SELECT id, seq FROM documents ORDER BY id').fetchall())
        damaged = {name: wrong for name, end in ends.items() if (wrong := _wrong(connection, name, end))}
        lost = tuple((name, seq) for name in ends for seq in _lost_snapshots(connection, name))
    except sqlite3.DatabaseError as error:
        raise DamagedFile(str(error)) from error
    return Findings(tuple(ends), damaged, lost)


def _wrong(connection: sqlite3.Connection, name: str, end: int) -> str:
    """What is wrong with the log of a document that should end at update `end`; empty when nothing is."""
    last = 0
    for seq, author, created_at, update, checksum in connection.execute(UPDATES, (name,)):
        if seq != last + 1:
            return f'update {last + 1} is missing'
        if checksum != checksums.of_update(name, seq, author, created_at, update):
            return f'update {seq} is not the one that was written'
        last = seq
    return '' if last == end else f'the log should end at update {end}, but ends at {last}'


def _lost_snapshots(connection: sqlite3.Connection, name: str) -> Iterable[int]:
    for seq, created_at, state, checksum in connection.execute(SNAPSHOTS, (name,)):
        if checksum != checksums.of_snapshot(name, seq, created_at, state):
            yield seq
