"""Puts updates together into one in which what was typed on end is one string, and not a part for each key.

The format is that of collab.document.update. A part goes on where the one before it ended if it was put
just behind it, with the same on its right: so does Yjs join them (yjs, src/structs/Item.js, mergeWith), and
whoever reads the update parts them again where something was put in between.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from collab.document.broken import BrokenDocument
from collab.document.lib0 import ProtocolError, Reader, uint, var_bytes
from collab.document.surrogates import measure
from collab.document.update import ROOT, Id

_DELETED, _STRING, _KIND = 1, 4, 0x3F
_ORIGIN, _RIGHT_ORIGIN, _BOTH = 0x80, 0x40, 0xC0

Ranges = list[tuple[int, int]]


@dataclass(slots=True)
class Run:
    """Text units of one client, from `start` up to, not including, `end`, typed on end between two others."""

    start: int
    end: int
    left: Id | None
    right: Id | None
    text: bytearray | None
    """None where it is deleted, and nobody knows any more what it was."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What some updates hold together: the same, in however many parts it came."""

    runs: dict[int, list[Run]]
    """The text of each client, by ascending clock."""
    deletions: dict[int, Ranges]
    """What is deleted of each client, by ascending clock, in as few ranges as can be."""


def joined(updates: Sequence[bytes]) -> bytes:
    """One update that holds all of these. Raises BrokenDocument when they leave out, or repeat, any text.

    Raises ProtocolError for what is no update of a plain text.
    """
    contents = contents_of(updates)
    parts = [uint(len(contents.runs))]
    for client, runs in contents.runs.items():
        parts += (uint(len(runs)), uint(client), uint(runs[0].start))
        end = runs[0].start
        for run in runs:
            if run.start != end:
                raise BrokenDocument(f'client {client} goes on at {run.start} and not at {end}')
            end = run.end
            parts += _run(run)
    parts.append(uint(len(contents.deletions)))
    for client, ranges in contents.deletions.items():
        parts += (uint(client), uint(len(ranges)))
        parts += (uint(start) + uint(end - start) for start, end in ranges)
    return b''.join(parts)


def contents_of(updates: Iterable[bytes]) -> Contents:
    """What they hold, clients in the order of Yjs: highest id first. Raises ProtocolError."""
    runs: dict[int, list[Run]] = defaultdict(list)
    deletions: dict[int, Ranges] = defaultdict(list)
    for update in updates:
        reader = Reader(update)
        _read_sections(reader, runs)
        _read_deletions(reader, deletions)
        if not reader.at_end():
            raise ProtocolError('the update goes on after its end')
    return Contents(
        {client: _connected(client, runs[client]) for client in sorted(runs, reverse=True)},
        {client: _united(deletions[client]) for client in sorted(deletions, reverse=True)},
    )


def _read_sections(reader: Reader, runs: dict[int, list[Run]]) -> None:
    for _ in range(reader.read_uint()):
        structs, client, clock = reader.read_uint(), reader.read_uint(), reader.read_uint()
        for _ in range(structs):
            run = _read_run(reader, clock)
            clock = run.end
            runs[client].append(run)


def _read_run(reader: Reader, clock: int) -> Run:
    info = reader.read_byte()
    left = _read_id(reader) if info & _ORIGIN else None
    right = _read_id(reader) if info & _RIGHT_ORIGIN else None
    if not info & _BOTH and (reader.read_uint() != 1 or reader.read_bytes() != ROOT):
        raise ProtocolError('the update is not about the text')
    if info & _KIND == _DELETED:
        return Run(clock, clock + reader.read_uint(), left, right, None)
    if info & _KIND != _STRING:
        raise ProtocolError('the update holds something that is not text')
    text = reader.read_bytes()
    return Run(clock, clock + measure(text, 0, array('I')), left, right, bytearray(text))


def _read_id(reader: Reader) -> Id:
    return reader.read_uint(), reader.read_uint()


def _read_deletions(reader: Reader, deletions: dict[int, Ranges]) -> None:
    for _ in range(reader.read_uint()):
        client = reader.read_uint()
        for _ in range(reader.read_uint()):
            start, length = reader.read_uint(), reader.read_uint()
            deletions[client].append((start, start + length))


def _connected(client: int, runs: list[Run]) -> list[Run]:
    """The same with every run as long as it can be."""
    connected: list[Run] = []
    for run in sorted(runs, key=lambda run: run.start):
        if connected and _goes_on(client, connected[-1], run):
            last = connected[-1]
            last.end = run.end
            if last.text is not None and run.text is not None:
                last.text += run.text
        else:
            connected.append(run)
    return connected


def _goes_on(client: int, last: Run, run: Run) -> bool:
    return (
        run.start == last.end
        and run.left == (client, last.end - 1)
        and run.right == last.right
        and (run.text is None) == (last.text is None)
    )


def _united(ranges: Ranges) -> Ranges:
    united: Ranges = []
    for start, end in sorted(ranges):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united


def _run(run: Run) -> Iterable[bytes]:
    kind = _DELETED if run.text is None else _STRING
    yield bytes((kind | (_ORIGIN if run.left else 0) | (_RIGHT_ORIGIN if run.right else 0),))
    for neighbour in (run.left, run.right):
        if neighbour is not None:
            yield uint(neighbour[0]) + uint(neighbour[1])
    if run.left is None and run.right is None:
        yield uint(1) + var_bytes(ROOT)
    yield uint(run.end - run.start) if run.text is None else var_bytes(bytes(run.text))
