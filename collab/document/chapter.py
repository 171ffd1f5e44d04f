"""A stretch of a document's log in few bytes: what each author wrote in each minute.

The content of a chapter is a byte for its kind, then zlib (RFC 1950) of this, in the numbers and strings
of lib0: the authors; then, for each entry in order of its first update, the author's place among them, its
first update (as distance from that of the entry before), its last (as distance from its first), the time,
and what was written.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from collab.document.admission import UNLIMITED
from collab.document.joining import joined
from collab.document.lib0 import ProtocolError, Reader, uint, var_bytes, var_string
from collab.document.update import Section, decode

MINUTE = 60_000
"""Milliseconds."""
MERGED, APART = b'\x01', b'\x02'
"""Kinds of chapters: one merges what an author wrote in a minute, the other keeps each update by itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one author wrote from update `first_seq` to `last_seq` of the log; others may have, in between.

    Entries of one minute may build upon each other in any way: merge them together, and all of a minute.
    """

    first_seq: int
    last_seq: int
    at: int
    """When the last of it was written, in milliseconds since the epoch."""
    author: str
    update: bytes


def gather(rows: Iterable[Entry]) -> Sequence[Entry]:
    """An entry for each author and minute, out of one for each update of the log.

    A minute here is a stretch of the log: nothing is put in order by the clock, which may have been set back.
    Raises what `decode` and `joined` raise.
    """
    return [entry for minute in minutes(rows) for entry in _by_author(minute)]


def minutes(entries: Iterable[Entry]) -> Iterator[Sequence[Entry]]:
    """The entries, those that follow each other within one minute together."""
    for _, minute in groupby(entries, lambda entry: entry.at // MINUTE):
        yield list(minute)


def moments(content: bytes) -> Iterator[tuple[Sequence[Entry], bytes]]:
    """What a chapter adds to the document before it: the entries of each minute, and these as one update.

    In a chapter that keeps each update by itself, each is such a moment. Raises ProtocolError.
    """
    entries = read(content)
    if content[:1] == APART:
        yield from (([entry], entry.update) for entry in entries)
    else:
        yield from ((minute, joined([entry.update for entry in minute])) for minute in minutes(entries))


def steps(content: bytes) -> Iterator[bytes]:
    """The updates of all moments of a chapter. Raises ProtocolError."""
    return (update for _, update in moments(content))


def write(entries: Sequence[Entry], kind: bytes = MERGED) -> bytes:
    """The content of the chapter that holds these, which are in order of their first updates."""
    authors = {author: place for place, author in enumerate(dict.fromkeys(entry.author for entry in entries))}
    parts = [uint(len(authors)), *map(var_string, authors), uint(len(entries))]
    before = 0
    for entry in entries:
        parts += (uint(authors[entry.author]), uint(entry.first_seq - before))
        parts += (uint(entry.last_seq - entry.first_seq), uint(entry.at), var_bytes(entry.update))
        before = entry.first_seq
    return kind + zlib.compress(b''.join(parts))


def read(content: bytes) -> Sequence[Entry]:
    """What a chapter holds. Raises ProtocolError when that is not exactly what `write` wrote."""
    if content[:1] not in (MERGED, APART):
        raise ProtocolError('the chapter is not written in a way known here')
    reader = Reader(_decompressed(content[1:]))
    authors = [reader.read_string() for _ in range(reader.read_uint())]
    entries: list[Entry] = []
    first = 0
    for _ in range(reader.read_uint()):
        author = reader.read_uint()
        if author >= len(authors):
            raise ProtocolError('the chapter names somebody who is not in it')
        first += reader.read_uint()
        last = first + reader.read_uint()
        entries.append(Entry(first, last, reader.read_uint(), authors[author], reader.read_bytes()))
    if not reader.at_end():
        raise ProtocolError('the chapter goes on after its end')
    return entries


def _decompressed(data: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(data)
    except zlib.error as error:
        raise ProtocolError(f'the chapter cannot be read ({error})') from error
    if not stream.eof or stream.unused_data:
        raise ProtocolError('the chapter does not end where it should')
    return content


@dataclass(slots=True)
class _Share:
    """Updates of one author that are put together."""

    rows: list[Entry] = field(default_factory=list)
    ends: dict[int, int] = field(default_factory=dict)

    def continues(self, sections: Iterable[Section]) -> bool:
        """Whether these leave no gap. Several authors may write under the client id of the server."""
        return all(self.ends.get(section.client, section.start) == section.start for section in sections)

    def entry(self) -> Entry:
        first, last = self.rows[0], self.rows[-1]
        update = joined([row.update for row in self.rows])
        return Entry(first.first_seq, last.last_seq, last.at, first.author, update)


def _by_author(minute: Iterable[Entry]) -> Iterator[Entry]:
    shares: list[_Share] = []
    growing: dict[str, _Share] = {}
    for row in minute:
        sections = decode(row.update, UNLIMITED).sections.values()
        share = growing.get(row.author)
        if share is None or not share.continues(sections):
            share = growing[row.author] = _Share()
            shares.append(share)
        share.rows.append(row)
        share.ends |= {section.client: section.end for section in sections}
    return (share.entry() for share in shares)
