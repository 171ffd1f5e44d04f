"""What is told of documents where they are not open: in lists, and to whoever searches."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

MARKDOWN = 'Markdown'


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document as a list shows it. Times are milliseconds since the epoch, for people to read."""

    id: str
    title: str
    created_at: int
    changed_at: int
    changed_by: str = ''
    """The author of the last change; empty when nobody knows."""
    language: str = MARKDOWN
    """What the text is written in, as CodeMirror calls it; empty for plain text."""


class Order(Enum):
    """How a list of documents may be sorted."""

    CHANGED = 'changed'
    """Last changed first."""
    TITLE = 'title'
    """As in a dictionary: capitals and accents do not count, and 9 comes before 10."""
    CREATED = 'created'
    """Last made first."""


@dataclass(frozen=True, slots=True)
class Lag:
    """A document that cannot be found as it is: its title, its life, and the last update of its log."""

    document_id: str
    title: str
    epoch: int
    seq: int


@dataclass(frozen=True, slots=True)
class Indexed:
    """The text by which a document is to be found, and what the document was when it held that."""

    lag: Lag
    text: str


Ranges = tuple[tuple[int, int], ...]
"""Places in a line, each from its first character to behind its last."""


@dataclass(frozen=True, slots=True)
class Found:
    """A document that holds what was searched for."""

    info: DocumentInfo
    title_marks: Ranges
    """Where in the title it is."""
    line: str
    """The line of the text that shows it best; empty when only the title does."""
    marks: Ranges
    """Where in that line it is."""


@dataclass(frozen=True, slots=True)
class Trashed:
    """A document in the trash, and since when it is there."""

    info: DocumentInfo
    deleted_at: int


def sort_key(title: str) -> str:
    """Titles that are sorted by this are in the order `Order.TITLE`."""
    plain = ''.join(sign for sign in unicodedata.normalize('NFKD', title) if not unicodedata.combining(sign))
    return re.sub(r'[0-9]+', lambda number: number[0].zfill(12), plain.casefold())


class Shelf(Protocol):
    """The part of a store that finds documents."""

    async def list(self) -> Sequence[DocumentInfo]:
        """All documents that are not in the trash, last changed first."""

    async def page(
        self, order: Order, limit: int, after: DocumentInfo | None = None, person: str = ''
    ) -> Sequence[DocumentInfo]:
        """The next documents behind the one given, or the first ones, without the trash and what is pinned.

        `person` is the one whose pins are left out.
        """

    async def count(self) -> int:
        """How many documents there are, without those in the trash."""

    async def pinned(self, person: str) -> Sequence[DocumentInfo]:
        """What this person has pinned, first pinned first, without the trash."""

    async def pin(self, person: str, document_id: str, at: int) -> None:
        """Pin it for this person; once more changes nothing. Raises UnknownDocument."""

    async def unpin(self, person: str, document_id: str) -> None:
        """Pin it no more; what is not pinned stays so."""

    async def trashed(self, limit: int) -> Sequence[Trashed]:
        """What is in the trash, last deleted first."""

    async def discard(self, document_id: str) -> None:
        """Never give it back: `purge` deletes it. Raises UnknownDocument unless it is in the trash."""

    async def purge(self, before: int) -> bool:
        """Delete a little of what was discarded, or deleted before `before`; whether some is left.

        What it has begun with does not come back.
        """

    async def search(self, query: str, limit: int) -> Sequence[Found]:
        """The documents that hold every word of the query, each as the beginning of a word, best first.

        Case and accents do not count, nothing in a query is an error, and the trash is not searched. It finds
        documents as they were when they were last put into the index.
        """

    async def behind(self) -> Sequence[Lag]:
        """The documents that the index does not hold as they are, last changed first."""

    async def index(self, documents: Sequence[Indexed]) -> None:
        """Let these be found by their titles and texts. Who is gone is found no more."""
