"""Adds to the log of updates: many documents in one transaction, nothing twice, nothing out of order."""

import sqlite3
from collections.abc import Sequence

from collab.rooms.ports import DamagedDocument, Record, RestoredDocument, UnknownDocument
from collab.storage import checksums

# Every keystroke comes by here, so this is plain SQL, of which each statement finds its rows by key.
END = 'SELECT seq, epoch FROM documents WHERE id = ?'
ADD = (
    'INSERT INTO updates (document_id, seq, author, created_at, "update", checksum) VALUES (?, ?, ?, ?, ?, ?)'
)
ADVANCE = 'UPDATE documents SET seq = ?, changed_at = ?, changed_by = ? WHERE id = ?'
OWN = """
    INSERT OR IGNORE INTO replicas (document_id, client_id, author, epoch)
    SELECT id, ?, ?, epoch FROM documents WHERE id = ?
"""
STORED = 'SELECT checksum FROM updates WHERE document_id = ? AND seq = ?'


class Batch:
    """Records that go into the log together, with their checksums made before the transaction begins."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._sealed = [(record, _checksum(record)) for record in records]

    def write(self, connection: sqlite3.Connection) -> None:
        """Add the new records and compare the repeated ones with what is there.

        Raises UnknownDocument, RestoredDocument, and DamagedDocument for a record that neither continues nor
        repeats the log.
        """
        ends: dict[str, int] = {}
        epochs: dict[str, int] = {}
        fresh: list[Sealed] = []
        for record, checksum in self._sealed:
            if record.document_id not in ends:
                found = end_of(connection, record.document_id)
                ends[record.document_id], epochs[record.document_id] = found
            if record.epoch not in (None, epochs[record.document_id]):
                raise RestoredDocument(record.document_id)
            end = ends[record.document_id]
            if record.seq > end + 1:
                raise DamagedDocument(
                    f'{record.document_id}: update {record.seq} does not continue a log that ends at {end}'
                )
            ends[record.document_id] = max(end, record.seq)
            if record.seq > end:
                fresh.append((record, checksum))
        add(connection, fresh)
        if len(fresh) < len(self._sealed):
            self._compare(connection)

    def _compare(self, connection: sqlite3.Connection) -> None:
        for record, checksum in self._sealed:
            if connection.execute(STORED, (record.document_id, record.seq)).fetchone() != (checksum,):
                raise DamagedDocument(f'{record.document_id}: update {record.seq} is taken by another one')


Sealed = tuple[Record, bytes]


def _checksum(record: Record) -> bytes:
    return checksums.of_update(
        record.document_id, record.seq, record.author, record.created_at, record.update
    )


def end_of(connection: sqlite3.Connection, document_id: str) -> tuple[int, int]:
    """Number of the last update of a document, and its epoch. Raises UnknownDocument."""
    row = connection.execute(END, (document_id,)).fetchone()
    if row is None:
        raise UnknownDocument(document_id)
    end, epoch = row
    return int(end), int(epoch)


def add(connection: sqlite3.Connection, fresh: list[Sealed]) -> None:
    """Write records that continue their logs, each with its checksum."""
    last = {record.document_id: record for record, _ in fresh}
    connection.executemany(
        ADD,
        ((r.document_id, r.seq, r.author, r.created_at, r.update, checksum) for r, checksum in fresh),
    )
    connection.executemany(ADVANCE, ((r.seq, r.created_at, r.author, r.document_id) for r in last.values()))
    # A client id that is somebody's already stays theirs.
    connection.executemany(
        OWN, ((client, r.author, r.document_id) for r, _ in fresh for client in r.replicas)
    )
