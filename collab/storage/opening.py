"""Reads a stored document and proves it whole before anybody sees it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from collab.rooms.ports import (
    DamagedDocument,
    DeletedDocument,
    DocumentInfo,
    StoredDocument,
    UnknownDocument,
)
from collab.storage import checksums
from models import Document, Replica, Snapshot, Update

AnyRow = Row[*tuple[Any, ...]]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the database holds of a document, at one moment and not proven yet."""

    head: AnyRow
    base: int
    last: int
    snapshot: AnyRow | None
    tail: Sequence[AnyRow]
    owners: dict[int, str]
    retired: frozenset[int]

    @classmethod
    async def take(cls, connection: AsyncConnection, document_id: str, before: int | None) -> 'Reading':
        """Read the newest snapshot (of those before update `before`) and the log after it."""
        head = await find(connection, document_id)
        base = head.base if isinstance(head.base, int) else -1  # a damaged one may be anything
        snapshot = await _snapshot(connection, document_id, base, before)
        writers = await _writers(connection, document_id)
        return cls(
            head=head,
            base=base,
            last=await _last(connection, document_id),
            snapshot=snapshot,
            tail=await _tail(connection, document_id, snapshot.seq if snapshot else base),
            owners={row.client_id: row.author for row in writers if row.epoch == head.epoch},
            retired=frozenset(row.client_id for row in writers if row.epoch != head.epoch),
        )

    def has_sound_snapshot(self) -> bool:
        """False when the snapshot (if there is one) is not the one that was written."""
        row = self.snapshot
        if row is None or row.checksum == checksums.of_snapshot(
            self.head.id, row.seq, row.created_at, row.state
        ):
            return True
        log.warning('document %s: snapshot %s is damaged; opening without it', self.head.id, row.seq)
        return False

    def prove(self) -> StoredDocument:
        """The document, if the log after the snapshot is all there and as it was written.

        Raises DamagedDocument, which says what is wrong with which update.
        """
        start = self.snapshot.seq if self.snapshot else self.base
        if self.last != self.head.seq:
            raise self._damage(f'the log should end at update {self.head.seq}, but ends at {self.last}')
        if self.base < 0 or self.last <= self.base > 0:
            raise self._damage(f'its text cannot begin after update {self.head.base}')
        if start > self.last:
            raise self._damage(f'the log ends at update {self.last}, before snapshot {start}')
        for seq, row in enumerate(self.tail, start + 1):
            if row.seq != seq:
                raise self._damage(f'update {seq} is missing')
            checksum = checksums.of_beginning if seq == self.base + 1 > 1 else checksums.of_update
            if row.checksum != checksum(self.head.id, seq, row.author, row.created_at, row.update):
                raise self._damage(f'update {seq} is not the one that was written')
        if start + len(self.tail) != self.last:  # a damaged index ends early, without a word
            raise self._damage(f'update {start + len(self.tail) + 1} is missing')
        return StoredDocument(
            info=info(self.head),
            epoch=self.head.epoch,
            seq=self.head.seq,
            snapshot=self.snapshot.state if self.snapshot else None,
            snapshot_seq=start,
            tail=tuple(row.update for row in self.tail),
            owners=self.owners,
            retired=self.retired,
        )

    def _damage(self, words: str) -> DamagedDocument:
        return DamagedDocument(f'{self.head.id}: {words}')


async def find(connection: AsyncConnection, document_id: str) -> AnyRow:
    """The document's own row. Raises UnknownDocument, or DeletedDocument or DamagedDocument."""
    found = await connection.execute(select(Document.__table__).where(Document.id == document_id))
    row = found.one_or_none()
    if row is None and await _last(connection, document_id):
        raise DamagedDocument(f'{document_id}: its line in the list of documents is missing')
    if row is None:
        raise UnknownDocument(document_id)
    if row.deleted_at is not None:
        raise DeletedDocument(document_id)
    return row


def info(row: AnyRow) -> DocumentInfo:
    """A row of the documents as the rooms know it."""
    return DocumentInfo(row.id, row.title, row.created_at, row.changed_at)


async def _snapshot(
    connection: AsyncConnection, document_id: str, base: int, before: int | None
) -> AnyRow | None:
    wanted = select(Snapshot.__table__).where(Snapshot.document_id == document_id, Snapshot.seq > base)
    if before is not None:
        wanted = wanted.where(Snapshot.seq < before)
    return (await connection.execute(wanted.order_by(Snapshot.seq.desc()).limit(1))).one_or_none()


async def _last(connection: AsyncConnection, document_id: str) -> int:
    wanted = select(func.max(Update.seq)).where(Update.document_id == document_id)
    return await connection.scalar(wanted) or 0


async def _tail(connection: AsyncConnection, document_id: str, after: int) -> Sequence[AnyRow]:
    found = await connection.execute(
        select(Update.seq, Update.author, Update.created_at, Update.update, Update.checksum)
        .where(Update.document_id == document_id, Update.seq > after)
        .order_by(Update.seq)
    )
    return found.all()


async def _writers(connection: AsyncConnection, document_id: str) -> Sequence[AnyRow]:
    found = await connection.execute(
        select(Replica.client_id, Replica.author, Replica.epoch).where(Replica.document_id == document_id)
    )
    return found.all()
