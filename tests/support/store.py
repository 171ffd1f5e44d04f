"""A store in memory that does what a test wants: fail, make everybody wait, count."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from collab.rooms.ports import (
    DamagedDocument,
    DeletedDocument,
    DocumentExists,
    DocumentInfo,
    Record,
    RestoredDocument,
    StoredDocument,
    UnknownDocument,
)


@dataclass(slots=True)
class Kept:
    """One document in memory."""

    info: DocumentInfo
    in_trash: bool = False
    log: list[Record] = field(default_factory=list)
    snapshots: dict[int, bytes] = field(default_factory=dict)
    owners: dict[int, tuple[str, int]] = field(default_factory=dict)
    base: int = 0
    damage: str = ''
    epoch: int = field(default_factory=lambda: secrets.randbelow(2**53 - 1) + 1)

    def keep(self, log: list[Record]) -> None:
        for record in log[len(self.log) :]:
            self.info = replace(self.info, changed_at=record.created_at)
            for client in record.replicas:
                self.owners.setdefault(client, (record.author, self.epoch))
        self.log = log


class MemoryStore:
    """Fits `collab.rooms.ports.Store` and passes the same contract as the real one.

    `commits` counts appends that stored something or would have, `loads` counts documents read.
    """

    def __init__(self) -> None:
        self.commits = 0
        self.loads = 0
        self.documents: dict[str, Kept] = {}
        self._failures: list[tuple[Exception, bool]] = []
        self._open = asyncio.Event()
        self._open.set()

    def fail_next(self, error: Exception, times: int = 1, *, stored: bool = False) -> None:
        """Let the next appends raise `error`; with `stored`, rows are kept and only the answer is lost."""
        self._failures += [(error, stored)] * times

    def hold(self) -> None:
        """Let appends wait, storing nothing, until `release`."""
        self._open.clear()

    def release(self) -> None:
        """Let the appends that wait, and all later ones, go on."""
        self._open.set()

    def damage(self, document_id: str, words: str = 'update 1 is not the one that was written') -> None:
        """Let `load` find this document damaged."""
        self.documents[document_id].damage = words

    async def create(self, document_id: str, title: str, at: int) -> DocumentInfo:
        if document_id in self.documents:
            raise DocumentExists(document_id)
        self.documents[document_id] = Kept(DocumentInfo(document_id, title, at, at))
        return self.documents[document_id].info

    async def describe(self, document_id: str) -> DocumentInfo:
        return self._living(document_id).info

    async def list(self) -> Sequence[DocumentInfo]:
        living = [kept.info for kept in self.documents.values() if not kept.in_trash]
        return sorted(living, key=lambda info: (-info.changed_at, info.id))

    async def rename(self, document_id: str, title: str, at: int) -> DocumentInfo:
        kept = self._living(document_id)
        kept.info = replace(kept.info, title=title, changed_at=at)
        return kept.info

    async def delete(self, document_id: str, at: int) -> None:
        self._living(document_id).in_trash = True

    async def restore(self, document_id: str) -> DocumentInfo:
        kept = self._any(document_id)
        kept.in_trash = False
        return kept.info

    async def load(self, document_id: str) -> StoredDocument:
        self.loads += 1
        kept = self._living(document_id)
        if kept.damage:
            raise DamagedDocument(f'{document_id}: {kept.damage}')
        start = max(kept.snapshots, default=kept.base)
        return StoredDocument(
            info=kept.info,
            epoch=kept.epoch,
            seq=len(kept.log),
            snapshot=kept.snapshots.get(start),
            snapshot_seq=start,
            tail=tuple(record.update for record in kept.log[start:]),
            owners={client: author for client, (author, life) in kept.owners.items() if life == kept.epoch},
            retired=frozenset(client for client, (_, life) in kept.owners.items() if life != kept.epoch),
        )

    async def append(self, records: Sequence[Record]) -> None:
        if not records:
            return
        await self._open.wait()
        self.commits += 1
        error, stored = self._failures.pop(0) if self._failures else (None, True)
        if stored:
            self._append(records)
        if error:
            raise error

    async def begin_life(self, record: Record) -> None:
        kept = self._any(record.document_id)
        if record.epoch != kept.epoch:
            raise RestoredDocument(record.document_id)
        if record.seq != len(kept.log) + 1:
            raise DamagedDocument(f'{record.document_id}: update {record.seq} does not fit the log')
        kept.base, kept.epoch, kept.snapshots = len(kept.log), kept.epoch + 1, {}
        kept.keep([*kept.log, record])

    async def compact(self, document_id: str, seq: int, state: bytes, epoch: int | None = None) -> None:
        kept = self._any(document_id)
        if epoch not in (None, kept.epoch):
            raise RestoredDocument(document_id)
        if not 1 <= seq <= len(kept.log):
            raise ValueError(f'{document_id}: a snapshot after update {seq}, which is not in the log')
        kept.snapshots[seq] = state
        kept.snapshots = dict(sorted(kept.snapshots.items())[-2:])

    async def epochs(self, document_ids: Sequence[str]) -> dict[str, int]:
        return {name: self.documents[name].epoch for name in document_ids if name in self.documents}

    async def ping(self) -> None:
        pass

    def _any(self, document_id: str) -> Kept:
        if document_id not in self.documents:
            raise UnknownDocument(document_id)
        return self.documents[document_id]

    def _living(self, document_id: str) -> Kept:
        kept = self._any(document_id)
        if kept.in_trash:
            raise DeletedDocument(document_id)
        return kept

    def _append(self, records: Sequence[Record]) -> None:
        logs = {record.document_id: list(self._any(record.document_id).log) for record in records}
        for record in records:
            if record.epoch not in (None, self._any(record.document_id).epoch):
                raise RestoredDocument(record.document_id)
            log = logs[record.document_id]
            if record.seq == len(log) + 1:
                log.append(record)
            elif record.seq > len(log) or _seal(log[record.seq - 1]) != _seal(record):
                raise DamagedDocument(f'{record.document_id}: update {record.seq} does not fit the log')
        for document_id, log in logs.items():
            self.documents[document_id].keep(log)


def _seal(record: Record) -> tuple[object, ...]:
    return record.document_id, record.seq, record.author, record.created_at, record.update
