"""Reads messages that came whole and in one piece, as nearly all that people type does."""

from collections.abc import Iterator

from wsproto import WSConnection
from wsproto.connection import ConnectionState

BINARY, MASKED = 0x82, 0x80
"""First bits of a whole binary message of a client (RFC 6455, 5.2)."""
SHORTEST = 7
"""Bytes of the frame of a message of one byte."""
LONGER = 126
"""Stands for a size of so many bytes or more, in two bytes of its own; the next number for huge ones."""


def whole_messages(data: bytes | bytearray) -> Iterator[tuple[int, int]]:
    """Where each message begins and ends, still masked, up to the first that is not of the usual kind.

    Only binary ones count, none empty or huge, each whole and in a single frame.
    """
    at, end = 0, len(data)
    while end - at >= SHORTEST and data[at] == BINARY and data[at + 1] >= MASKED:
        size, begin = data[at + 1] ^ MASKED, at + 6
        if size == LONGER:
            size, begin = data[at + 2] << 8 | data[at + 3], at + 8
            if size < LONGER:
                return
        elif not 0 < size < LONGER:
            return
        at = begin + size
        if at > end:
            return
        yield begin, at


def unmasked(data: bytes | bytearray, begin: int, end: int) -> bytes:
    """The message that stands there, with its mask before it."""
    size = end - begin
    key = data[begin - 4 : begin] * (size // 4 + 1)
    plain = int.from_bytes(data[begin:end], 'big') ^ int.from_bytes(key[:size], 'big')
    return plain.to_bytes(size, 'big')


def is_between_messages(connection: WSConnection) -> bool:
    """Whether all that wsproto was given is taken apart, so that the next byte begins a message.

    wsproto has no public way to tell; its version is pinned.
    """
    if connection.state is not ConnectionState.OPEN or connection.connection is None:
        return False
    protocol = connection.connection._proto
    decoder = protocol._frame_decoder
    return not (decoder.header or len(decoder.buffer) or protocol._message_decoder.opcode)
