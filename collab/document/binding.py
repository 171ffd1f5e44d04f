"""Makes chapters of the oldest updates of a log, and proves that they hold them before these are deleted."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from collab.document.admission import Incomplete, Refused
from collab.document.broken import Ambiguous, BrokenDocument
from collab.document.chapter import APART, Entry, gather, read, steps, write
from collab.document.joining import Contents, contents_of
from collab.document.lib0 import ProtocolError
from collab.document.shared import SharedDocument
from collab.document.summary import equal, proven_snapshot, summarise


class Bound(NamedTuple):
    """Chapters, proven."""

    contents: Sequence[bytes]
    state: bytes | None
    """The document after them, as one update; None when it is one that no single update can hold."""
    failure: str = ''
    """Why they had to keep each update by itself, if so."""


def bind(before: Sequence[bytes], stretches: Sequence[Sequence[Entry]]) -> Bound:
    """A chapter for each stretch of the log; they follow each other. `before` makes what was before them.

    What was written is read back: each author's share must hold what they wrote, and at the end of each
    chapter all of it must make the same text, state vector and deletions as the updates themselves. Where
    that fails, chapters keep each update by itself: no honest document needs it, but none may stop its log
    from becoming shorter. Raises BrokenDocument or what merging raises where even that does not hold.
    """
    try:
        return _merged(before, stretches)
    except FAILURES as error:
        contents = [_apart(rows) for rows in stretches]
        state = _state([*before, *(row.update for rows in stretches for row in rows)])
        return Bound(contents, state, str(error) or 'an update lacks something')


FAILURES = (BrokenDocument, Incomplete, Refused, ProtocolError)


def _merged(before: Sequence[bytes], stretches: Sequence[Sequence[Entry]]) -> Bound:
    original, copy = SharedDocument(), SharedDocument()
    try:
        for document in (original, copy):
            _load(document, before)
        contents = [_chapter(rows) for rows in stretches]
        for rows, content in zip(stretches, contents, strict=True):
            _load(original, (row.update for row in rows))
            _load(copy, steps(content))
            if not equal(original, copy):
                raise BrokenDocument('a chapter does not make the document that it was made of')
        return Bound(contents, proven_snapshot(original))
    finally:
        original.close()
        copy.close()


def _apart(rows: Sequence[Entry]) -> bytes:
    content = write(rows, APART)
    if list(read(content)) != list(rows):
        raise BrokenDocument('a chapter does not hold the updates that it was made of')
    return content


def _state(updates: Sequence[bytes]) -> bytes | None:
    try:
        return summarise(updates)
    except Ambiguous:
        return None


def _load(document: SharedDocument, updates: Iterable[bytes]) -> None:
    for update in updates:
        document.load(update)


def _chapter(rows: Sequence[Entry]) -> bytes:
    content = write(gather(rows))
    entries = read(content)
    if (entries[0].first_seq, max(e.last_seq for e in entries)) != (rows[0].first_seq, rows[-1].last_seq):
        raise BrokenDocument('a chapter does not reach as far as what it was made of')
    if _shares(entries) != _shares(rows):
        raise BrokenDocument('a chapter does not hold what each author wrote')
    return content


def _shares(entries: Iterable[Entry]) -> dict[str, Contents]:
    updates: dict[str, list[bytes]] = {}
    for entry in entries:
        updates.setdefault(entry.author, []).append(entry.update)
    return {author: contents_of(written) for author, written in updates.items()}
