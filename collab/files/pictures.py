"""The pictures of a document on their way into a file: which ones, how many, and how large."""

import json
import re
import struct
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

ADDRESS = re.compile(r'/d/[\w-]{1,64}/images/[0-9a-f]{32}\.(?:png|jpg|gif|webp)\b', re.ASCII)
"""Where a picture is found that somebody brought here; whatever is elsewhere is never fetched."""
KINDS = {'png': 'image/png', 'jpg': 'image/jpeg', 'gif': 'image/gif', 'webp': 'image/webp'}
MOST = 200
"""Pictures in one file, each counted as often as it is shown."""
BYTES = 20_000_000
"""Of all of them; whoever opens the file has to load them all at once."""
PIXELS = 100_000_000
"""Of all of them: about eight photos as a telephone takes them, in half a gigabyte of memory."""

Pictures = Mapping[str, bytes]
"""What is at each address; how that ends says of which kind it is."""
Find = Callable[[str], Awaitable[bytes | None]]
"""Finds the picture at an address, if there is one."""
NONE: Pictures = MappingProxyType({})


async def gathered(text: str, find: Find) -> dict[str, bytes]:
    """The pictures that a text shows, as many as a file may hold."""
    found: dict[str, bytes] = {}
    left = BYTES
    for address in addresses_in(text):
        data = await find(address)
        if data is not None and len(data) <= left:
            found[address] = data
            left -= len(data)
    return found


def addresses_in(text: str) -> list[str]:
    """The first addresses of pictures in a text, each once; no more than a file may hold."""
    found: dict[str, None] = {}
    for match in ADDRESS.finditer(text):
        found[match[0]] = None
        if len(found) == MOST:
            break
    return list(found)


def packed(text: bytes, pictures: Pictures) -> bytes:
    """A text and its pictures as one message."""
    sizes = {address: len(data) for address, data in pictures.items()}
    return b'\n'.join((json.dumps([len(text), sizes]).encode(), b''.join((text, *pictures.values()))))


def unpacked(message: bytes) -> tuple[str, dict[str, bytes]]:
    """What `packed` made one."""
    head, rest = message.split(b'\n', 1)
    at, sizes = json.loads(head)
    text, pictures = rest[:at].decode(), {}
    for address, size in sizes.items():
        pictures[address] = rest[at : at + size]
        at += size
    return text, pictures


class Album:
    """Hands out pictures for one file until it is full; a small text can show a large picture very often."""

    def __init__(self, pictures: Pictures = NONE) -> None:
        self._pictures = pictures
        self._left = (MOST, BYTES, PIXELS)

    def take(self, address: str) -> bytes | None:
        """The picture, to be shown once more; None if there is none that can be shown, or no room for it."""
        data = self._pictures.get(address)
        pixels = 0 if data is None else pixels_of(data)
        if data is None or not pixels:
            return None
        places, size, drawn = self._left
        left = places - 1, size - len(data), drawn - pixels
        if min(left) < 0:
            return None
        self._left = left
        return data


def kind_of(address: str) -> str:
    """How the address of a picture ends: one of KINDS."""
    return address.rsplit('.', 1)[-1]


def pixels_of(data: bytes) -> int:
    """How large a picture is when it is drawn; 0 for one that is damaged where it says so."""
    try:
        width, height = _size_of(data)
    except (IndexError, struct.error):
        return 0
    return width * height


def _size_of(data: bytes) -> tuple[int, int]:
    if data.startswith(b'\x89PNG'):
        return struct.unpack_from('>II', data, 16)
    if data.startswith(b'GIF'):
        return struct.unpack_from('<HH', data, 6)
    if data.startswith(b'\xff\xd8'):
        return _jpeg(data)
    return _webp(data)


def _jpeg(data: bytes) -> tuple[int, int]:
    """From the header of its frame (ITU-T T.81, B.2.2)."""
    at = 2
    while data[at] == 0xFF:
        mark, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from('>HH', data, at + 5)
            return width, height
        at += 1 if mark == 0xFF else 2 + length
    return 0, 0


def _webp(data: bytes) -> tuple[int, int]:
    """From its first part, of which there are three kinds (RFC 9649, 2.5 to 2.7)."""
    if data[12:16] == b'VP8X':
        return 1 + int.from_bytes(data[24:27], 'little'), 1 + int.from_bytes(data[27:30], 'little')
    if data[12:16] == b'VP8L':
        (size,) = struct.unpack_from('<I', data, 21)
        return 1 + (size & 0x3FFF), 1 + (size >> 14 & 0x3FFF)
    width, height = struct.unpack_from('<HH', data, 26)
    return width & 0x3FFF, height & 0x3FFF
