"""A store in memory that does what a test wants: fail, make everybody wait, count."""

import asyncio
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from collab.rooms.ports import (
    Chapter,
    DamagedDocument,
    DeletedDocument,
    DocumentExists,
    DocumentInfo,
    LogRow,
    LogSize,
    Record,
    RestoredDocument,
    StoredDocument,
    UnknownDocument,
)
from collab.rooms.shelf import Found, Indexed, Lag, Order, Ranges, Trashed, sort_key


@dataclass(slots=True)
class Kept:
    """One document in memory; `log` is all that was ever written, also what is in chapters by now."""

    info: DocumentInfo
    deleted_at: int | None = None
    log: list[Record] = field(default_factory=list)
    snapshots: dict[int, bytes] = field(default_factory=dict)
    chapters: list[Chapter] = field(default_factory=list)
    beginnings: set[int] = field(default_factory=set)
    owners: dict[int, tuple[str, int]] = field(default_factory=dict)
    base: int = 0
    damage: str = ''
    epoch: int = field(default_factory=lambda: secrets.randbelow(2**53 - 1) + 1)

    def keep(self, log: list[Record]) -> None:
        for record in log[len(self.log) :]:
            self.info = replace(self.info, changed_at=record.created_at, changed_by=record.author)
            for client in record.replicas:
                self.owners.setdefault(client, (record.author, self.epoch))
        self.log = log

    @property
    def in_trash(self) -> bool:
        return self.deleted_at is not None

    @property
    def bound(self) -> int:
        return self.chapters[-1].last_seq if self.chapters else 0

    def state(self, base: int, end: int, epoch: int) -> StoredDocument:
        """What makes the document as it was after update `end`, in the life that began behind `base`."""
        start = max((seq for seq in self.snapshots if base < seq <= end), default=base)
        return StoredDocument(
            info=self.info,
            epoch=epoch,
            seq=end,
            snapshot=self.snapshots[start] if start > base else None,
            snapshot_seq=start,
            tail=tuple(record.update for record in self.log[max(start, self.bound) : end]),
            owners={client: author for client, (author, life) in self.owners.items() if life == self.epoch},
            retired=frozenset(client for client, (_, life) in self.owners.items() if life != self.epoch),
            chapters=tuple(chapter.content for chapter in self.chapters if chapter.last_seq > start),
        )


class MemoryStore:
    """Fits `collab.rooms.ports.Store` and passes the same contract as the real one.

    `commits` counts appends that stored something or would have, `loads` counts documents read.
    """

    def __init__(self) -> None:
        self.commits = 0
        self.loads = 0
        self.copied: list[tuple[str, str]] = []
        self.documents: dict[str, Kept] = {}
        self.pins: dict[tuple[str, str], int] = {}
        self.indexed: dict[str, Indexed] = {}
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

    async def create(self, document_id: str, title: str, at: int, by: str = '') -> DocumentInfo:
        if document_id in self.documents:
            raise DocumentExists(document_id)
        self.documents[document_id] = Kept(DocumentInfo(document_id, title, at, at, by))
        return self.documents[document_id].info

    async def describe(self, document_id: str) -> DocumentInfo:
        return self._living(document_id).info

    async def list(self) -> Sequence[DocumentInfo]:
        living = [kept.info for kept in self.documents.values() if not kept.in_trash]
        return sorted(living, key=lambda info: (-info.changed_at, info.id))

    async def rename(self, document_id: str, title: str, at: int, by: str = '') -> DocumentInfo:
        kept = self._living(document_id)
        kept.info = replace(kept.info, title=title, changed_at=at, changed_by=by)
        return kept.info

    async def set_language(self, document_id: str, language: str) -> None:
        kept = self._living(document_id)
        kept.info = replace(kept.info, language=language)

    async def image_bytes(self, document_id: str) -> int:
        return 1_000

    async def copy_images(self, document_id: str, to: str) -> None:
        self.copied.append((document_id, to))

    async def delete(self, document_id: str, at: int) -> None:
        self._living(document_id).deleted_at = at

    async def restore(self, document_id: str) -> DocumentInfo:
        kept = self._any(document_id)
        if kept.deleted_at == 0:
            raise UnknownDocument(document_id)
        kept.deleted_at = None
        return kept.info

    async def load(self, document_id: str) -> StoredDocument:
        self.loads += 1
        kept = self._living(document_id)
        if kept.damage:
            raise DamagedDocument(f'{document_id}: {kept.damage}')
        return kept.state(kept.base, len(kept.log), kept.epoch)

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
        kept.beginnings.add(record.seq)

    async def compact(self, document_id: str, seq: int, state: bytes, epoch: int | None = None) -> None:
        kept = self._any(document_id)
        if epoch not in (None, kept.epoch):
            raise RestoredDocument(document_id)
        if not (kept.bound < seq <= len(kept.log) or any(seq == c.last_seq for c in kept.chapters)):
            raise ValueError(f'{document_id}: a snapshot after update {seq}, which is not in the log')
        kept.snapshots[seq] = state
        upon = [found for found in kept.snapshots if found <= kept.bound]
        newest = {*sorted(kept.snapshots)[-2:], *sorted(upon)[-1:]}
        kept.snapshots = {found: kept.snapshots[found] for found in newest}

    async def log_size(self, document_id: str) -> LogSize:
        kept = self._living(document_id)
        alone = kept.log[kept.bound :]
        return LogSize(
            epoch=kept.epoch,
            bound=kept.bound,
            chapters=len(kept.chapters),
            chapter_bytes=sum(len(chapter.content) for chapter in kept.chapters),
            rows=len(alone),
            row_bytes=sum(len(record.update) for record in alone),
            since=alone[0].created_at if alone else None,
        )

    async def rows(
        self, document_id: str, most: int | None = None, size: int | None = None
    ) -> Sequence[LogRow]:
        kept = self._living(document_id)
        if kept.damage:
            raise DamagedDocument(f'{document_id}: {kept.damage}')
        found: list[LogRow] = []
        total = 0
        for record in kept.log[kept.bound :][:most]:
            begins = record.seq in kept.beginnings
            found.append(LogRow(record.seq, record.author, record.created_at, record.update, begins))
            total += len(record.update)
            if size is not None and total >= size:
                break
        return found

    async def chapter(self, document_id: str, after: int, epoch: int) -> Chapter | None:
        kept = self._living(document_id)
        if epoch != kept.epoch:
            raise RestoredDocument(document_id)
        found = next((chapter for chapter in kept.chapters if chapter.last_seq > after), None)
        if found and found.first_seq != after + 1:
            raise DamagedDocument(f'{document_id}: update {after + 1} is missing')
        return found

    async def load_bound(self, document_id: str) -> StoredDocument:
        kept = self._living(document_id)
        base = max((seq for seq in kept.beginnings if seq <= kept.bound), default=1) - 1
        return replace(kept.state(base, kept.bound, kept.epoch), owners={}, retired=frozenset())

    async def bind(self, document_id: str, chapter: Chapter, epoch: int) -> None:
        kept = self._any(document_id)
        if epoch != kept.epoch:
            raise RestoredDocument(document_id)
        first, last = chapter.first_seq, chapter.last_seq
        if first != kept.bound + 1 or last > len(kept.log):
            raise DamagedDocument(f'{document_id}: updates {first} to {last} are not all there')
        kept.chapters.append(chapter)
        kept.snapshots = {seq: state for seq, state in kept.snapshots.items() if not first <= seq < last}

    async def page(
        self, order: Order, limit: int, after: DocumentInfo | None = None, person: str = ''
    ) -> Sequence[DocumentInfo]:
        keys = {
            Order.CHANGED: lambda info: (-info.changed_at, info.id),
            Order.CREATED: lambda info: (-info.created_at, info.id),
            Order.TITLE: lambda info: (sort_key(info.title), info.id),
        }
        key = keys[order]
        living = sorted(await self.list(), key=key)
        behind = [info for info in living if after is None or key(info) > key(after)]
        return [info for info in behind if (person, info.id) not in self.pins][:limit]

    async def count(self) -> int:
        return len(await self.list())

    async def pinned(self, person: str) -> Sequence[DocumentInfo]:
        mine = sorted((at, name) for (who, name), at in self.pins.items() if who == person)
        return [kept.info for _, name in mine if not (kept := self.documents[name]).in_trash]

    async def pin(self, person: str, document_id: str, at: int) -> None:
        self._living(document_id)
        self.pins.setdefault((person, document_id), at)

    async def unpin(self, person: str, document_id: str) -> None:
        self.pins.pop((person, document_id), None)

    async def trashed(self, limit: int) -> Sequence[Trashed]:
        found = [Trashed(kept.info, kept.deleted_at) for kept in self.documents.values() if kept.deleted_at]
        return sorted(found, key=lambda one: -one.deleted_at)[:limit]

    async def discard(self, document_id: str) -> None:
        if not self._any(document_id).deleted_at:
            raise UnknownDocument(document_id)
        self.documents[document_id].deleted_at = 0

    async def purge(self, before: int) -> bool:
        for name, kept in self.documents.items():
            if kept.deleted_at is not None and kept.deleted_at < before:
                del self.documents[name]
                self.indexed.pop(name, None)
                self.pins = {pin: at for pin, at in self.pins.items() if pin[1] != name}
                return True
        return False

    async def search(self, query: str, limit: int) -> Sequence[Found]:
        words = [fold(word) for word in re.findall(r'\w+', query)]
        found = [
            Found(self.documents[name].info, marks(lag.title, words), *best_line(indexed.text, words))
            for name, indexed in self.indexed.items()
            if (lag := indexed.lag)
            and not self.documents[name].in_trash
            and words
            and all(marks(f'{lag.title}\n{indexed.text}', [word]) for word in words)
        ]
        return sorted(found, key=lambda one: not one.title_marks)[:limit]

    async def behind(self) -> Sequence[Lag]:
        lags = (
            Lag(name, kept.info.title, kept.epoch, len(kept.log))
            for name, kept in self.documents.items()
            if not kept.in_trash
        )
        return [
            lag
            for lag in lags
            if lag.document_id not in self.indexed or self.indexed[lag.document_id].lag != lag
        ]

    async def index(self, documents: Sequence[Indexed]) -> None:
        self.indexed.update({document.lag.document_id: document for document in documents})

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
        if kept.deleted_at == 0:
            raise UnknownDocument(document_id)
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


def fold(text: str) -> str:
    """Without accents and capitals, as long as before."""
    return ''.join(unicodedata.normalize('NFD', sign)[0].lower()[0] for sign in text)


def marks(line: str, words: Sequence[str]) -> Ranges:
    """Where in a line a word begins with one of these; one of a script without spaces may be anywhere."""
    found = {
        match.span()
        for word in words
        for match in re.finditer(rf'\b{word}\w*' if word.isascii() else word, fold(line))
    }
    return tuple(sorted(found))


def best_line(text: str, words: Sequence[str]) -> tuple[str, Ranges]:
    """The line with most of these words, and where they are."""
    best = max(text.split('\n'), key=lambda line: len(marks(line, words)))
    return best, marks(best, words)


def _seal(record: Record) -> tuple[object, ...]:
    return record.document_id, record.seq, record.author, record.created_at, record.update
