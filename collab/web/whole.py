"""Reads a message that came whole and in one piece, as nearly all that people type does."""

from wsproto import WSConnection
from wsproto.connection import ConnectionState

BINARY, MASKED = 0x82, 0x80
"""First bits of a whole binary message of a client (RFC 6455, 5.2)."""
SHORT = 126
"""Messages of fewer bytes have a header of six."""


def unmasked(data: bytes) -> bytes | None:
    """The message, if these bytes are one: binary, short, in a single frame. None for all else."""
    size = len(data) - 6
    if not 0 < size < SHORT or data[0] != BINARY or data[1] != MASKED | size:
        return None
    key = data[2:6] * (size // 4 + 1)
    plain = int.from_bytes(data[6:], 'big') ^ int.from_bytes(key[:size], 'big')
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
