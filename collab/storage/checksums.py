"""Tells whether stored bytes are still the ones that were written, in the place where they were written.

The Yjs format carries no check of its own: a third of all flipped bits read as valid edits. The
checksum (BLAKE2b, RFC 7693, 16 bytes) covers where a row belongs as well as what it holds, so a row
that was moved, swapped or given another author is found too.
"""

from hashlib import blake2b


def of_update(document_id: str, seq: int, author: str, created_at: int, update: bytes) -> bytes:
    """The checksum of one row of the log."""
    return _digest(b'collab update', document_id, seq, author, created_at, update)


def of_beginning(document_id: str, seq: int, author: str, created_at: int, update: bytes) -> bytes:
    """The checksum of a row that begins a new life: a log read from the wrong place is found out by it."""
    return _digest(b'collab new life', document_id, seq, author, created_at, update)


def of_chapter(
    document_id: str, first_seq: int, last_seq: int, begins_life: int, created_at: int, content: bytes
) -> bytes:
    """The checksum of one chapter."""
    return _digest(b'collab chapter', document_id, first_seq, last_seq, begins_life, created_at, content)


def of_snapshot(document_id: str, seq: int, created_at: int, state: bytes) -> bytes:
    """The checksum of one snapshot."""
    return _digest(b'collab snapshot', document_id, seq, created_at, state)


def _digest(kind: bytes, *parts: str | int | bytes) -> bytes:
    digest = blake2b(digest_size=16, person=kind)
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        # ('ab', 'c') must not look like ('a', 'bc'), nor bytes like the text that they spell.
        digest.update(f'{type(part).__name__} {len(data)} '.encode())
        digest.update(data)
    return digest.digest()
