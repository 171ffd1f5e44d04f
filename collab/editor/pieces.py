"""Large frames travel in pieces: no message is too long for the socket, and nobody waits long behind one."""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from functools import partial

PIECE = 64_000
"""Characters in one piece of a large frame: half a second on a line of one megabit."""
SOON = 0.5
"""Seconds in which a piece should arrive; the more do, the more may be under way."""
MOST_UNDER_WAY = 16
PATIENCE = 5.0
"""Seconds after which a piece counts as arrived: an editor that was taken off its page answers no more."""

NOT_BASE64 = 'This message cannot be read: it is not base64.'


class Incoming:
    """Puts a frame together from its pieces."""

    def __init__(self) -> None:
        self.length = 0
        """Characters so far."""
        self._parts: list[bytes] = []
        self._rest = ''

    def add(self, piece: str) -> None:
        """Take in the next piece. Raises ValueError for what is not base64."""
        self.length += len(piece)
        text = self._rest + piece if self._rest else piece
        whole = len(text) - len(text) % 4  # four characters are three bytes
        self._rest = text[whole:]
        try:
            self._parts.append(b64decode(text[:whole], validate=True))
        except ValueError:
            raise ValueError(NOT_BASE64) from None

    def take(self) -> bytes:
        """The frame, which is complete; the next piece begins another. Raises ValueError."""
        frame, rest = b''.join(self._parts), self._rest
        self.clear()
        if rest:
            raise ValueError(NOT_BASE64)
        return frame

    def clear(self) -> None:
        """Forget what came so far."""
        self.length = 0
        self._parts.clear()
        self._rest = ''


def pieces(frame: bytes) -> Iterator[tuple[str, bool]]:
    """A frame cut up: each piece, and whether more follow. Made one by one: ten megabytes take a while."""
    size = PIECE // 4 * 3
    for start in range(0, len(frame), size):
        yield b64encode(frame[start : start + size]).decode(), start + size < len(frame)


class Window:
    """How many pieces may be under way to one reader, by how soon the earlier ones have arrived.

    What waits in a socket holds up the pings of the connection, and whoever answers them late is cut off.
    """

    def __init__(self) -> None:
        self._most = 2
        self._under_way = 0
        self._arrived = asyncio.Event()

    async def turn(self) -> Callable[..., None]:
        """Wait until the next piece may go; what this returns is to be called when it has arrived."""
        while self._under_way >= self._most:
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), PATIENCE)
            except TimeoutError:
                self._under_way = 0
        self._under_way += 1
        return partial(self._has_arrived, asyncio.get_running_loop().time())

    def _has_arrived(self, sent: float, *_: object) -> None:
        soon = asyncio.get_running_loop().time() - sent < SOON
        self._most = max(1, min(self._most + 1 if soon else self._most // 2, MOST_UNDER_WAY))
        self._under_way = max(0, self._under_way - 1)
        self._arrived.set()
