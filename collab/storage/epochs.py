"""Tells one life of a document from another: a browser must never merge what it kept of one into the other.

A document begins a new life when it is made, when it is restored from a backup, and when it is put in order:
what was typed since the backup is gone then, or bears other names, and a browser that still knows the old
ones would bring it back, or double it.
"""

import secrets
import sqlite3

from collab.rooms.ports import DamagedDocument, Record, RestoredDocument
from collab.storage import checksums
from collab.storage.log import add, end_of

MOST = 2**53 - 1
"""The largest integer that JavaScript counts exactly."""

BEGIN = 'UPDATE documents SET epoch = ?, base = ? WHERE id = ?'
FORGET = 'DELETE FROM snapshots WHERE document_id = ?'


def new_epoch() -> int:
    """A number that no other life of any document has: drawn, since a counter would be restored, too."""
    return 2 + secrets.randbelow(MOST - 1)


class NewLife:
    """A record that is to be all of the text in the next life of its document."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._checksum = checksums.of_beginning(
            record.document_id, record.seq, record.author, record.created_at, record.update
        )

    def write(self, connection: sqlite3.Connection) -> None:
        """Begin it. Raises UnknownDocument, RestoredDocument, DamagedDocument as the port says."""
        name, seq = self._record.document_id, self._record.seq
        end, epoch = end_of(connection, name)
        if epoch != self._record.epoch:
            raise RestoredDocument(name)
        if seq != end + 1:
            raise DamagedDocument(f'{name}: a new life with update {seq} of a log that ends at {end}')
        connection.execute(BEGIN, (new_epoch(), end, name))
        connection.execute(FORGET, (name,))
        add(connection, [(self._record, self._checksum)])
