"""Takes an edit apart that came from outside, as far as its bytes alone can tell.

The Yjs update format, version 1 (yjs, src/utils/encoding.js and src/structs/Item.js): sections of structs,
one section to a client, then the delete set. Read here is only what a document of one plain text contains:
strings and what is left of deleted ones. The rest can be forged so that pycrdt panics, crashes or diverges.
"""

from array import array
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from collab.document.lib0 import ProtocolError, Reader
from collab.document.protocol import MAX_CLOCK
from collab.document.surrogates import measure

Id = tuple[int, int]
"""One text unit: the client that wrote it, and its clock."""

ROOT = b'content'
"""Name of the Y.Text that is the document."""

DELETED, _STRING, _SKIP = 1, 4, 10
ORIGIN, RIGHT_ORIGIN, _BOTH = 0x80, 0x40, 0xC0
_NOWHERE = (-1, -1)
_KINDS = {c | side: c for c in (DELETED, _STRING) for side in (0, RIGHT_ORIGIN, ORIGIN, _BOTH)}


class Refused(ValueError):
    """This update must not touch the document, and sending it again will not help.

    `code` is 'update' (no valid edit of this text), 'too-large' or 'foreign' (writes in the name of another
    client); the message is for a person to read.
    """

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


class Incomplete(Exception):
    """The update builds on something the document does not hold: ask its sender with sync step 1."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one update may bring; the gate takes half a second at most to read as much as that."""

    update_bytes: int = 32 * 1024 * 1024
    sections: int = 10_000
    structs: int = 100_000
    deletes: int = 50_000
    copying: int = 64 * 1024 * 1024
    """Bytes that pycrdt copies, and holds until it is done, to join strings that follow each other."""
    parting: int = 8 * 1000**3
    """Bytes that pycrdt copies, at most, to part strings that something is put into: two seconds of work."""


class Reference(NamedTuple):
    """A struct that starts at `clock` was put beside the unit (client, target)."""

    clock: int
    client: int
    target: int
    cut: int
    """The clock on whose left the text is parted; it must not be a second half."""


class Joint(NamedTuple):
    """A string of `size` bytes, from `clock` up to `end`, that goes on where the one before it ended."""

    clock: int
    end: int
    size: int


class Section(NamedTuple):
    """What an update holds of one client: its text units from `start` up to, not including, `end`."""

    client: int
    start: int
    end: int
    references: list[Reference]
    halves: 'array[int]'
    """Ascending clocks of the second halves of surrogate pairs."""
    joints: list[Joint]
    size: int = 0
    """Bytes of UTF-8 of the text in it."""
    places: int = 0
    """How many of its structs do not just go on where the one before them ended."""


class Deletion(NamedTuple):
    """Text units of one client, from `start` up to, not including, `end`."""

    client: int
    start: int
    end: int


class Decoded(NamedTuple):
    """A well-formed update."""

    sections: dict[int, Section]
    deletions: list[Deletion]
    sections_end: int
    """Where in its bytes the deletions begin."""


def refuse(why: str) -> NoReturn:
    """Raise the Refused of an update that is no valid edit."""
    raise Refused('update', f'This change cannot be merged: {why}.')


def decode(update: bytes, limits: Limits) -> Decoded:
    """All of the update. Raises Refused if it is malformed, too large or not text, Incomplete if it skips."""
    if len(update) > limits.update_bytes:
        raise Refused('too-large', f'A change of {len(update)} bytes is too large.')
    reader = Reader(update)
    try:
        sections = _read_sections(reader, limits)
        sections_end = reader.position
        deletions = _read_deletions(reader, limits)
    except ProtocolError as error:
        refuse(str(error))
    if not reader.at_end():
        refuse('it goes on after its end')
    return Decoded(sections, deletions, sections_end)


def _read_count(reader: Reader, left: int, most: int) -> int:
    number = reader.read_uint()
    if number > left:
        raise Refused('too-large', f'A change may not have more than {most} parts of one kind.')
    return number


def _read_sections(reader: Reader, limits: Limits) -> dict[int, Section]:
    sections: dict[int, Section] = {}
    left = limits.structs
    for _ in range(_read_count(reader, limits.sections, limits.sections)):
        structs = _read_count(reader, left, limits.structs)
        left -= structs
        section = _read_section(reader, structs)
        # Told once per client: pycrdt keeps one of two sections live and the other one on disk.
        if sections.setdefault(section.client, section) is not section:
            refuse('it tells of one author twice')
    return sections


def _read_section(reader: Reader, structs: int) -> Section:
    # An empty section (five bytes) panics pycrdt.
    if not structs:
        refuse('it has an empty part')
    client, start = reader.read_uint(), reader.read_uint()
    if start > MAX_CLOCK:
        refuse('it counts too far')
    section = Section(client, start, start, [], array('I'), [])
    clock, size, places, before = start, 0, 0, None
    for _ in range(structs):
        info = reader.read_byte()
        kind = _KINDS.get(info)
        if kind is None:
            _refuse_kind(info)
        follows, right = _read_place(reader, info, clock, section)
        places += not follows
        if kind == _STRING:
            raw = reader.read_bytes()
            size += len(raw)
            length = _measure(raw, clock, section.halves)
            if follows and right == before:
                section.joints.append(Joint(clock, clock + length, len(raw)))
            before = right
        else:
            length, before = reader.read_uint(), None
        if not length:
            refuse('it inserts nothing')
        clock += length
        if clock > MAX_CLOCK:
            refuse('it counts too far')
    return section._replace(end=clock, size=size, places=places)


def _refuse_kind(info: int) -> NoReturn:
    # Yjs writes skips where it merged updates that have others between them; nothing else is honest here.
    if info == _SKIP:
        raise Incomplete
    refuse('it holds something that is not text')


def _read_place(reader: Reader, info: int, clock: int, section: Section) -> tuple[bool, Id]:
    """Where a struct stands: whether it follows the one before it, and what was on its right."""
    follows, left, right = False, _NOWHERE, _NOWHERE
    if info & ORIGIN:
        left = client, target = _read_neighbour(reader, clock, section)
        section.references.append(Reference(clock, client, target, target + 1))
        follows = client == section.client and target == clock - 1
    if info & RIGHT_ORIGIN:
        right = client, target = _read_neighbour(reader, clock, section)
        # Nothing stands on both sides of a place; where this goes depends on what a replica read before.
        if right == left:
            refuse('it has the same on both sides')
        section.references.append(Reference(clock, client, target, target))
    if not info & _BOTH and (reader.read_uint() != 1 or reader.read_bytes() != ROOT):
        refuse('it is not about the text')
    return follows, right


def _read_neighbour(reader: Reader, clock: int, section: Section) -> Id:
    client, target = reader.read_uint(), reader.read_uint()
    if client == section.client and target >= clock:
        refuse('it builds on itself')
    return client, target


def _measure(raw: bytes, clock: int, halves: 'array[int]') -> int:
    try:
        return measure(raw, clock, halves)
    except UnicodeDecodeError:
        refuse('its text is not UTF-8')


def _read_deletions(reader: Reader, limits: Limits) -> list[Deletion]:
    deletions: list[Deletion] = []
    clients: set[int] = set()
    for _ in range(_read_count(reader, limits.sections, limits.sections)):
        client = reader.read_uint()
        # yrs keeps the last set of a client named twice, Yjs both.
        if client in clients:
            refuse('it deletes of one author twice')
        clients.add(client)
        ranges = _read_count(reader, limits.deletes - len(deletions), limits.deletes)
        if not ranges:
            refuse('it deletes nothing')
        end = 0
        for _ in range(ranges):
            start, length = reader.read_uint(), reader.read_uint()
            if start < end or not length:
                refuse('its deletions are in disorder')
            end = start + length
            deletions.append(Deletion(client, start, end))
    return deletions
