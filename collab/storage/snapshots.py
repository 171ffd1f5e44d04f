"""Puts a snapshot beside the log of its document, and takes away those that are not needed any more."""

import sqlite3

from collab.rooms.ports import RestoredDocument, UnknownDocument
from collab.storage import checksums

EPOCH = 'SELECT epoch FROM documents WHERE id = ?'
WRITTEN = """
    SELECT created_at FROM updates WHERE document_id = ?1 AND seq = ?2
    UNION ALL SELECT created_at FROM chapters WHERE document_id = ?1 AND last_seq = ?2
"""
KEEP = """
    INSERT INTO snapshots (document_id, seq, created_at, state, checksum) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (document_id, seq) DO UPDATE
    SET created_at = excluded.created_at, state = excluded.state, checksum = excluded.checksum
"""
# The two newest stay, and the newest that holds no more than the chapters do.
FORGET = """
    DELETE FROM snapshots WHERE document_id = ?1
    AND seq NOT IN (SELECT seq FROM snapshots WHERE document_id = ?1 ORDER BY seq DESC LIMIT 2)
    AND seq IS NOT (
        SELECT max(seq) FROM snapshots WHERE document_id = ?1
        AND seq <= (
            SELECT coalesce(max(last_seq), 0) FROM chapters
            WHERE document_id = ?1 AND typeof(last_seq) = 'integer'
        )
    )
"""


class NewSnapshot:
    """A snapshot on its way into the database."""

    def __init__(self, document_id: str, seq: int, state: bytes, epoch: int | None) -> None:
        self._place = (document_id, seq)
        self._state = state
        self._epoch = epoch

    def write(self, connection: sqlite3.Connection) -> None:
        """Keep it. Raises UnknownDocument, RestoredDocument, ValueError if there is no such update."""
        name, seq = self._place
        found = connection.execute(EPOCH, (name,)).fetchone()
        if found is None:
            raise UnknownDocument(name)
        if self._epoch not in (None, found[0]):
            raise RestoredDocument(name)
        written = connection.execute(WRITTEN, self._place).fetchone()
        if written is None:
            raise ValueError(f'{name}: a snapshot after update {seq}, which is not in the log')
        checksum = checksums.of_snapshot(name, seq, written[0], self._state)
        connection.execute(KEEP, (name, seq, written[0], self._state, checksum))
        connection.execute(FORGET, (name,))
