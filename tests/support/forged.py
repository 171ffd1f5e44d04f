"""Yjs updates written by hand, byte for byte, as no honest editor would."""

from collections.abc import Iterable, Mapping

from collab.document.protocol import uint, var_string

Id = tuple[int, int]
GC, DELETED, JSON, BINARY, STRING, EMBED, FORMAT, TYPE, ANY, DOC, SKIP = range(11)


def struct(
    content: bytes,
    kind: int = STRING,
    origin: Id | None = None,
    right: Id | None = None,
    root: str = 'content',
    sub: str | None = None,
) -> bytes:
    """Any item: what it holds, and what it stands between; without neighbours it names its root."""
    info = kind | (0x80 if origin else 0) | (0x40 if right else 0) | (0x20 if sub else 0)
    beside = b''.join(uint(part) for neighbour in (origin, right) if neighbour for part in neighbour)
    parent = b'' if beside else uint(1) + var_string(root) + (var_string(sub) if sub else b'')
    return bytes([info]) + beside + parent + content


def text(words: str, origin: Id | None = None, right: Id | None = None, root: str = 'content') -> bytes:
    """An item with a string."""
    return struct(var_string(words), STRING, origin, right, root)


def deleted(length: int, origin: Id | None = None, right: Id | None = None) -> bytes:
    """An item that was deleted."""
    return struct(uint(length), DELETED, origin, right)


def section(client: int, clock: int, *structs: bytes) -> bytes:
    """What the update holds of one client."""
    return uint(len(structs)) + uint(client) + uint(clock) + b''.join(structs)


def deletions(client: int, *ranges: Id) -> bytes:
    """What the update deletes of one client: pairs of clock and length."""
    return uint(client) + uint(len(ranges)) + b''.join(uint(part) for one in ranges for part in one)


def update(*sections: bytes, deletes: Iterable[bytes] = ()) -> bytes:
    """A whole update."""
    gone = list(deletes)
    return uint(len(sections)) + b''.join(sections) + uint(len(gone)) + b''.join(gone)


def state_vector(clocks: Mapping[int, int]) -> bytes:
    """A state vector, in the order given."""
    return uint(len(clocks)) + b''.join(uint(client) + uint(clock) for client, clock in clocks.items())
