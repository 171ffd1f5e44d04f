"""Makes chapters of the oldest updates of a log, and proves that they hold them before these are deleted."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from collab.document.broken import BrokenDocument
from collab.document.chapter import Entry, gather, read, steps, write
from collab.document.joining import Contents, contents_of
from collab.document.shared import SharedDocument
from collab.document.summary import equal


class Bound(NamedTuple):
    """Chapters, proven."""

    contents: Sequence[bytes]
    state: bytes
    """The document after them, as one update."""


def bind(before: Sequence[bytes], stretches: Sequence[Sequence[Entry]]) -> Bound:
    """A chapter for each stretch of the log; they follow each other. `before` makes what was before them.

    What was written is read back: each author's share must hold what they wrote, and at the end of each
    chapter all of it must make the same text, state vector and deletions as the updates themselves.
    Otherwise BrokenDocument is raised, or what merging raises.
    """
    original, copy = SharedDocument(), SharedDocument()
    try:
        for document in (original, copy):
            _load(document, before)
        contents = [_chapter(rows) for rows in stretches]
        for rows, content in zip(stretches, contents, strict=True):
            _load(original, (row.update for row in rows))
            _load(copy, steps(content))
            if not equal(original, copy):
                raise BrokenDocument('A chapter does not make the document that it was made of.')
        return Bound(contents, original.snapshot())
    finally:
        original.close()
        copy.close()


def _load(document: SharedDocument, updates: Iterable[bytes]) -> None:
    for update in updates:
        document.load(update)


def _chapter(rows: Sequence[Entry]) -> bytes:
    content = write(gather(rows))
    entries = read(content)
    if (entries[0].first_seq, max(e.last_seq for e in entries)) != (rows[0].first_seq, rows[-1].last_seq):
        raise BrokenDocument('A chapter does not reach as far as what it was made of.')
    if _shares(entries) != _shares(rows):
        raise BrokenDocument('A chapter does not hold what each author wrote.')
    return content


def _shares(entries: Iterable[Entry]) -> dict[str, Contents]:
    updates: dict[str, list[bytes]] = {}
    for entry in entries:
        updates.setdefault(entry.author, []).append(entry.update)
    return {author: contents_of(written) for author, written in updates.items()}
