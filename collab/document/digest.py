"""What a replica holds, in three numbers that fit into a message.

Two replicas that hold the same must have the same digest, in whatever language they are written:

- `vector`: CRC-32 of the state vector as Yjs encodes it, highest client id first;
- `text`: CRC-32 of the text in UTF-8; `size`: its length in bytes.

CRC-32 is that of ISO 3309 (zlib, PNG, Ethernet): polynomial 0xEDB88320, reflected, beginning with and
inverted by 0xFFFFFFFF. It finds accidents; who forges it harms only their own page.
"""

from typing import NamedTuple
from zlib import crc32


class Digest(NamedTuple):
    """See above."""

    vector: int
    text: int
    size: int


def digest(vector: bytes, text: str) -> Digest:
    """The digest of a replica with this state vector, in the order of Yjs, and this text."""
    data = text.encode()
    return Digest(crc32(vector), crc32(data), len(data))
