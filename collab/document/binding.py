"""Makes a chapter of the oldest updates of a log, and proves that it holds them before they are deleted."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from collab.document.broken import BrokenDocument
from collab.document.chapter import Entry, gather, read, steps, write
from collab.document.joining import Contents, contents_of
from collab.document.shared import SharedDocument
from collab.document.summary import equal


class Bound(NamedTuple):
    """A chapter, proven."""

    content: bytes
    state: bytes
    """The document after it, as one update."""


def bind(before: Sequence[bytes], rows: Sequence[Entry]) -> Bound:
    """The chapter of these updates, which follow each other in the log; `before` makes what was before them.

    What was written is read back: each author's share must hold what they wrote, and all of it must make the
    same text, state vector and deletions as the updates themselves. Otherwise BrokenDocument is raised, or
    what merging raises.
    """
    content = write(gather(rows))
    entries = read(content)
    if (entries[0].first_seq, max(e.last_seq for e in entries)) != (rows[0].first_seq, rows[-1].last_seq):
        raise BrokenDocument('A chapter does not reach as far as what it was made of.')
    if _shares(entries) != _shares(rows):
        raise BrokenDocument('A chapter does not hold what each author wrote.')
    original, copy = SharedDocument(), SharedDocument()
    try:
        for document, updates in ((original, (row.update for row in rows)), (copy, steps(content))):
            for update in (*before, *updates):
                document.load(update)
        if not equal(original, copy):
            raise BrokenDocument('A chapter does not make the document that it was made of.')
        return Bound(content, original.snapshot())
    finally:
        original.close()
        copy.close()


def _shares(entries: Iterable[Entry]) -> dict[str, Contents]:
    updates: dict[str, list[bytes]] = {}
    for entry in entries:
        updates.setdefault(entry.author, []).append(entry.update)
    return {author: contents_of(written) for author, written in updates.items()}
