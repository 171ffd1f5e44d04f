"""What is told of documents where they are not open: in lists, and to whoever searches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document as a list shows it. Times are milliseconds since the epoch, for people to read."""

    id: str
    title: str
    created_at: int
    changed_at: int


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


class Shelf(Protocol):
    """The part of a store that finds documents."""

    async def list(self) -> Sequence[DocumentInfo]:
        """All documents that are not in the trash, last changed first."""

    async def search(self, query: str, limit: int) -> Sequence[Found]:
        """The documents that hold every word of the query, each as the beginning of a word, best first.

        Case and accents do not count, nothing in a query is an error, and the trash is not searched. It finds
        documents as they were when they were last put into the index.
        """

    async def behind(self) -> Sequence[Lag]:
        """The documents that the index does not hold as they are, last changed first."""

    async def index(self, documents: Sequence[Indexed]) -> None:
        """Let these be found by their titles and texts. Who is gone is found no more."""
