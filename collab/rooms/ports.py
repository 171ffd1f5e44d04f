"""What a room needs from the outside: somewhere to keep documents."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from collab.rooms.shelf import DocumentInfo as DocumentInfo
from collab.rooms.shelf import Shelf


def milliseconds() -> int:
    """The wall clock, for people to read; nothing is ordered by it."""
    return time.time_ns() // 1_000_000


class UnknownDocument(LookupError):
    """There is no document with this id, or it lies in the trash. Made with the id."""

    def __str__(self) -> str:
        return f'There is no document with the id {self.args[0]!r}.'


class DeletedDocument(UnknownDocument):
    """The document lies in the trash; `restore` takes it back. Made with the id."""


class DocumentExists(ValueError):
    """A document with this id exists already, perhaps in the trash. Made with the id."""

    def __str__(self) -> str:
        return f'There is a document with the id {self.args[0]!r} already, perhaps in the trash.'


class DamagedDocument(Exception):
    """What is stored of a document does not pass its checksums; it must not be shown, nor written to.

    Made with what exactly is wrong.
    """

    def __str__(self) -> str:
        return f'The document is damaged and was left as it is: {self.args[0]}'


class RestoredDocument(Exception):
    """The document was restored from a backup meanwhile; what belongs to its old life is not taken.

    Made with the id.
    """

    def __str__(self) -> str:
        return f'The document {self.args[0]!r} was restored from a backup.'


class SettledDocument(RestoredDocument):
    """The document began a new life with the text it had, which its old one did not show alike everywhere.

    Made with the id.
    """

    def __str__(self) -> str:
        return f'The document {self.args[0]!r} was put in order.'


@dataclass(frozen=True, slots=True)
class Record:
    """One admitted update, on its way into the log.

    `seq` counts 1, 2, 3 ... within the document. `replicas` are the Yjs client ids that write
    in this update for the first time; from then on they belong to `author`. `epoch` is the life of the
    document that it belongs to, so that nothing typed before a restore gets in after it; None: any.
    """

    document_id: str
    seq: int
    author: str
    created_at: int
    update: bytes
    replicas: tuple[int, ...] = ()
    epoch: int | None = None


@dataclass(frozen=True, slots=True)
class LogRow:
    """One update as the log holds it."""

    seq: int
    author: str
    created_at: int
    update: bytes
    begins_life: bool = False
    """Whether it is all of the text with which a new life of the document began."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """What stands in the log in place of the updates first_seq ... last_seq, all of one life."""

    first_seq: int
    last_seq: int
    created_at: int
    """That of the last update."""
    content: bytes
    """As collab.document.chapter writes it."""
    begins_life: bool = False
    """Whether its first update began a life."""


@dataclass(frozen=True, slots=True)
class LogSize:
    """How much a log holds: chapters up to update `bound`, and each update after that by itself."""

    epoch: int
    bound: int
    chapters: int
    chapter_bytes: int
    rows: int
    row_bytes: int
    since: int | None
    """When the first update was written that stands by itself; None when none does."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """All that is needed to open a document: a snapshot, the log after it, the owner of each client id."""

    info: DocumentInfo
    epoch: int
    """Another one for each life of the document: by `begin_life` or a restored backup it changes."""
    seq: int
    """Number of the last update in the log, which counts on through all lives; 0 for a new document."""
    snapshot: bytes | None
    """Document state after update `snapshot_seq`, or None when the tail is all of this life."""
    snapshot_seq: int
    tail: tuple[bytes, ...]
    """The updates up to `seq`, in order, that come after the snapshot and after the chapters."""
    owners: dict[int, str]
    """Author of each Yjs client id that wrote in this life of the document."""
    retired: frozenset[int] = frozenset()
    """The Yjs client ids that wrote in an earlier life; nothing new may be written under them."""
    chapters: tuple[bytes, ...] = ()
    """What comes between the snapshot and the tail: the contents of chapters. Mostly none."""


class Store(Shelf, Protocol):
    """Keeps documents. Errors of the medium are raised as they are, and any call may then be tried again."""

    async def create(self, document_id: str, title: str, at: int, by: str = '') -> DocumentInfo:
        """Make an empty document; `by` is who does it. Raises DocumentExists."""

    async def describe(self, document_id: str) -> DocumentInfo:
        """Raises UnknownDocument; for one in the trash DeletedDocument, as `rename` and `load` do."""

    async def rename(self, document_id: str, title: str, at: int, by: str = '') -> DocumentInfo:
        """Raises UnknownDocument."""

    async def set_language(self, document_id: str, language: str) -> None:
        """Keep what its text is written in; this is no change of the document. Raises UnknownDocument."""

    async def image_bytes(self, document_id: str) -> int:
        """How large the pictures of a document are together."""

    async def copy_images(self, document_id: str, to: str) -> None:
        """Let another document have the pictures of this one, too."""

    async def delete(self, document_id: str, at: int) -> None:
        """Move to the trash. Raises UnknownDocument."""

    async def restore(self, document_id: str) -> DocumentInfo:
        """Take back out of the trash. Raises UnknownDocument when it is not there either."""

    async def load(self, document_id: str) -> StoredDocument:
        """Everything needed to open it. Raises UnknownDocument, DamagedDocument."""

    async def append(self, records: Sequence[Record]) -> None:
        """Commit all records in one transaction, or none of them; durable on return.

        Records of one document come in order of seq. Appending a record again that is already
        stored (same document, seq and checksum: a retry after a lost answer) changes nothing;
        another record under a taken seq raises DamagedDocument, one of another epoch RestoredDocument.
        """

    async def begin_life(self, record: Record) -> None:
        """End the life `record.epoch` of a document, and begin another with this record as all of its text.

        The record continues the log, and its replicas belong to the new life. What was stored before stays
        for history; it is not loaded any more, its snapshots are gone and its client ids retired. All of it
        happens in one transaction, or nothing. Raises UnknownDocument; RestoredDocument when the document is
        in another life (also when the call is tried again that had succeeded); DamagedDocument when the log
        ends elsewhere.
        """

    async def compact(self, document_id: str, seq: int, state: bytes, epoch: int | None = None) -> None:
        """Keep `state` as the snapshot after update `seq`, besides the newest older one; the log stays.

        So does the newest that is not behind the last chapter: the next chapter is made upon it.
        Raises RestoredDocument when `epoch` is given and the document is in another one by now.
        """

    async def log_size(self, document_id: str) -> LogSize:
        """How much the log holds, told without reading it. Raises UnknownDocument."""

    async def rows(
        self, document_id: str, most: int | None = None, size: int | None = None
    ) -> Sequence[LogRow]:
        """The first updates that are in no chapter, proven: all, or at most so many.

        With `size`, no more than it takes to come to so many bytes. Raises DamagedDocument.
        """

    async def chapter(self, document_id: str, after: int, epoch: int) -> Chapter | None:
        """The chapter that begins behind update `after`, proven; None when there is none.

        Raises DamagedDocument, and RestoredDocument when the document is in another epoch.
        """

    async def load_bound(self, document_id: str) -> StoredDocument:
        """The document as it was after the last chapter: the next one is made upon this. Raises as `load`."""

    async def bind(self, document_id: str, chapter: Chapter, epoch: int) -> None:
        """Put the chapter in place of its updates, which are the first that are in none, in one transaction.

        The caller has proven that it holds them. Snapshots within it are of no use any more and go.
        Raises RestoredDocument when the document is in another epoch, DamagedDocument when these updates are
        not what is there.
        """

    async def epochs(self, document_ids: Sequence[str]) -> Mapping[str, int]:
        """The epochs that these documents are in; unknown ones are left out."""

    async def ping(self) -> None:
        """Returns when the medium answers, raises otherwise."""
