"""Pictures in documents: what is one, how large it may be, and where it is found."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

from collab.document.roles import Act, Role, may
from collab.rooms.allowance import Rate
from collab.rooms.paces import Paces
from collab.rooms.ports import UnknownDocument, milliseconds

LIMIT = 5_000_000
"""Most bytes of one picture."""
PACE = Rate(500_000, 50_000_000)
"""Bytes that one person brings."""
TOGETHER = Rate(5_000_000, 1_000_000_000)
"""Bytes that all people bring."""
MOST_DEBT = 5_000_000.0
SLOWER = 'that was much at once. Wait a few seconds, then try again.'

KINDS = {'image/png': 'png', 'image/jpeg': 'jpg', 'image/gif': 'gif', 'image/webp': 'webp'}
"""What every browser shows, and nothing that can hold a script (as SVG can); with the ends of their names."""
ADDRESS = re.compile(r'/d/([^/]+)/images/([0-9a-f]{32})\.[a-z]+')
BEGINNINGS = {
    b'\x89PNG\r\n\x1a\n': 'image/png',
    b'\xff\xd8\xff': 'image/jpeg',
    b'GIF87a': 'image/gif',
    b'GIF89a': 'image/gif',
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a document; `id` is made of its content."""

    document_id: str
    id: str
    kind: str
    """One of KINDS."""
    data: bytes

    @property
    def is_sound(self) -> bool:
        """It is as it was kept."""
        return self.kind in KINDS and digest(self.data) == self.id

    @property
    def address(self) -> str:
        """Where it is found on this server."""
        return f'{images_of(self.document_id)}{self.id}.{KINDS[self.kind]}'


class Pictures(Protocol):
    """Where pictures are kept."""

    async def keep(self, picture: Picture, author: str, at: int) -> None:
        """Keep it, durable on return; keeping it again changes nothing. Raises UnknownDocument."""

    async def find(self, document_id: str, picture_id: str) -> Picture | None:
        """The picture; None when there is none. Raises UnknownDocument."""


class Images:
    """The pictures of all documents. `now` is in milliseconds, `clock` in seconds that only rise."""

    def __init__(
        self,
        pictures: Pictures,
        now: Callable[[], int] = milliseconds,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pictures = pictures
        self._now = now
        self._paces = Paces(PACE, clock, MOST_DEBT, TOGETHER, SLOWER)

    async def add(self, document_id: str, author: str, role: Role, data: bytes) -> Picture:
        """Keep a picture. Raises PermissionError, ValueError when it is none, TooFast, UnknownDocument."""
        if not may(role, Act.EDIT):
            raise PermissionError('You may read this document, but not change it.')
        if len(data) > LIMIT:
            raise ValueError(f'it is larger than {LIMIT // 1_000_000} MB.')
        kind = kind_of(data)
        self._paces.take(author, len(data))
        picture = Picture(document_id, digest(data), kind, data)
        await self._pictures.keep(picture, author, self._now())
        self._paces.count(len(data))
        return picture

    async def find(self, document_id: str, picture_id: str) -> Picture | None:
        """The picture, if it is as it was kept. Raises UnknownDocument."""
        picture = await self._pictures.find(document_id, picture_id)
        return picture if picture is not None and picture.is_sound else None

    async def at(self, address: str) -> Picture | None:
        """The picture at this address, if its document is there and it is as it was kept."""
        parts = ADDRESS.fullmatch(address)
        try:
            picture = await self.find(*parts.groups()) if parts else None
        except UnknownDocument:
            return None
        return picture if picture is not None and picture.address == address else None


def images_of(document_id: str) -> str:
    """How the addresses of a document's pictures begin."""
    return f'/d/{document_id}/images/'


def kind_of(data: bytes) -> str:
    """The media type of a picture, told by how it begins. Raises ValueError for anything else."""
    for beginning, kind in BEGINNINGS.items():
        if data.startswith(beginning):
            return kind
    if data[:4] == b'RIFF' and data[8:12] == b'WEBP':
        return 'image/webp'
    raise ValueError('only PNG, JPEG, GIF and WebP can be shown.')


def digest(data: bytes) -> str:
    """The id of a picture with this content."""
    return blake2b(data, digest_size=16).hexdigest()
