"""Reads a stored document and proves it whole before anybody sees it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from collab.rooms.ports import DamagedDocument, StoredDocument
from collab.storage import checksums, finding
from collab.storage.finding import AnyRow, proven_chapter, proven_row

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the database holds of a document, at one moment and not proven yet."""

    head: AnyRow
    base: int
    """Its life begins behind this update."""
    end: int
    """Number of the update with which it should end."""
    last: int
    """Number of the last that there is."""
    snapshot: AnyRow | None
    chapters: Sequence[AnyRow]
    tail: Sequence[AnyRow]
    owners: dict[int, str]
    retired: frozenset[int]

    @classmethod
    async def take(cls, connection: AsyncConnection, document_id: str, before: int | None) -> 'Reading':
        """Read the newest snapshot (of those before update `before`) and the log after it."""
        head = await finding.document(connection, document_id)
        base = head.base if isinstance(head.base, int) else -1  # a damaged one may be anything
        snapshot = await finding.snapshot(connection, document_id, base, before)
        start = snapshot.seq if snapshot else base
        writers = await finding.writers(connection, document_id)
        return cls(
            head=head,
            base=base,
            end=head.seq,
            last=await finding.last(connection, document_id),
            snapshot=snapshot,
            chapters=await finding.chapters(connection, document_id, start),
            tail=await finding.tail(connection, document_id, start),
            owners={row.client_id: row.author for row in writers if row.epoch == head.epoch},
            retired=frozenset(row.client_id for row in writers if row.epoch != head.epoch),
        )

    @classmethod
    async def take_bound(cls, connection: AsyncConnection, document_id: str, before: int | None) -> 'Reading':
        """Read what makes the document as it was after its last chapter, perhaps in an earlier life."""
        head = await finding.document(connection, document_id)
        bound = await finding.bound(connection, document_id)
        base = await finding.beginning(connection, document_id)
        upto = bound + 1 if before is None else min(before, bound + 1)
        snapshot = await finding.snapshot(connection, document_id, base, upto)
        chapters = await finding.chapters(connection, document_id, snapshot.seq if snapshot else base)
        return cls(head, base, bound, bound, snapshot, chapters, (), {}, frozenset())

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
        if self.last != self.end:
            raise self._damage(f'the log should end at update {self.end}, but ends at {self.last}')
        if self.base < 0 or self.last <= self.base > 0:
            raise self._damage(f'its text cannot begin after update {self.head.base}')
        if start > self.last:
            raise self._damage(f'the log ends at update {self.last}, before snapshot {start}')
        bound = self._prove_chapters(start)
        self._prove_tail(bound)
        if bound + len(self.tail) != self.last:  # a damaged index ends early, without a word
            raise self._damage(f'update {bound + len(self.tail) + 1} is missing')
        return StoredDocument(
            info=finding.info(self.head),
            epoch=self.head.epoch,
            seq=self.end,
            snapshot=self.snapshot.state if self.snapshot else None,
            snapshot_seq=start,
            tail=tuple(row.update for row in self.tail),
            owners=self.owners,
            retired=self.retired,
            chapters=tuple(row.content for row in self.chapters),
        )

    def _prove_chapters(self, start: int) -> int:
        """Where the last of them ends."""
        for row in self.chapters:
            chapter = proven_chapter(row, start)
            if chapter.begins_life != (start == self.base > 0):
                raise self._damage(f'its text cannot begin after update {self.head.base}')
            start = chapter.last_seq
        return start

    def _prove_tail(self, start: int) -> None:
        for seq, row in enumerate(self.tail, start + 1):
            if proven_row(self.head.id, seq, row).begins_life != (seq == self.base + 1 > 1):
                raise self._damage(f'update {seq} is not the one that was written')

    def _damage(self, words: str) -> DamagedDocument:
        return DamagedDocument(f'{self.head.id}: {words}')
