"""Messages as they stand on the wire: made once, and written to as many readers as there are."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

log = logging.getLogger(__name__)

NAME = 'collab.wire'
"""Where an ASGI scope has the wire of its connection, among its extensions; other servers give none."""
BINARY, TEXT = 0x82, 0x81
"""First byte of a message in a single frame (RFC 6455, 5.2)."""
SMALL = 16 * 1024
"""Messages up to so many bytes are kept for the next reader."""

Receive = Callable[[bytes], float]
"""Takes in one message; for how many seconds nothing more is to be read."""


class Wire(Protocol):
    """The shortest way to the other end of a WebSocket."""

    outlet: 'Outlet'
    """Where whole frames leave at once, while nothing is in their way."""

    def listen(self, receive: Receive) -> None:
        """Let messages that come whole go to `receive` at once; the others wait to be asked for, as ever."""

    async def pass_on(self, frame: bytes) -> None:
        """Write a whole frame when there is room for it. Raises ConnectionError when nobody is there."""


def of(scope: Mapping[str, Any]) -> Wire | None:
    """The wire of a connection, if its server has one."""
    return cast(Wire | None, scope.get('extensions', {}).get(NAME))


class Cork:
    """While it is in, what goes to one reader gathers, and then leaves in one visit to the network."""

    def __init__(self) -> None:
        self._held: dict[asyncio.WriteTransport, list[bytes]] | None = None

    def write(self, transport: asyncio.WriteTransport, data: bytes) -> None:
        """Write, or hold it back until the cork is out; what is large and comes first need not wait."""
        if self._held is None or (len(data) > SMALL and transport not in self._held):
            transport.write(data)
        else:
            self._held.setdefault(transport, []).append(data)

    def __enter__(self) -> None:
        assert self._held is None, 'one cork at a time, or what is held back would be lost'
        self._held = {}

    def __exit__(self, *_: object) -> None:
        held, self._held = self._held or {}, None
        for transport in list(held):
            parts = held.pop(transport)
            try:
                transport.write(parts[0]) if len(parts) == 1 else transport.writelines(parts)
            except Exception as error:  # one that has just ended: the others must not miss theirs
                log.info('A transport failed: %r', error)
                transport.abort()


CORK = Cork()
"""The one of this process, whose event loop is in one place at a time."""


def framed(kind: int, message: bytes) -> bytes:
    """A message as a server sends it in one frame."""
    size = len(message)
    if size < 126:
        return bytes((kind, size)) + message
    if size < 65_536:
        return bytes((kind, 126)) + size.to_bytes(2, 'big') + message
    return bytes((kind, 127)) + size.to_bytes(8, 'big') + message


class Last:
    """The last message that was framed, since a room sends the same one to everybody."""

    def __init__(self) -> None:
        self._message = b''
        self._frame = framed(BINARY, b'')

    def frame(self, message: bytes) -> bytes:
        """The whole frame of this message."""
        if message is self._message:
            return self._frame
        frame = framed(BINARY, message)
        if len(message) <= SMALL:
            self._message, self._frame = message, frame
        return frame


LAST = Last()
"""The one of this process: most messages go to everybody in a room, one reader after the other."""


class Outlet:
    """Where whole frames leave one connection while nothing is in their way.

    A room goes through the outlets of all its readers for each commit, so these are small, and whether one
    is clear is known before it is asked.
    """

    __slots__ = ('_transport', 'is_clear')

    def __init__(self, transport: asyncio.WriteTransport) -> None:
        self._transport = transport
        self.is_clear = False
        """There is room, and nothing is half sent. The connection says so, and when it is so no more."""

    def write(self, frame: bytes) -> bool:
        """Write a whole frame at once, or with the cork. False without room for it, or anybody to read it."""
        if not self.is_clear or self._transport.is_closing():
            return False
        CORK.write(self._transport, frame)
        return True

    def send(self, message: bytes) -> bool:
        """Write a whole binary message as `write` does its frame."""
        return self.write(LAST.frame(message))
