"""WebSockets byte by byte: a client that can say what no honest one would, and a server's end of one."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI
from uvicorn.config import Config
from uvicorn.server import ServerState

from collab.rooms.unfinished import Unfinished
from collab.web import fair

BINARY, CLOSE, PING, PONG = 2, 8, 9, 10
HANDSHAKE = (
    'GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'
)


def frame(payload: bytes, kind: int = BINARY, *, last: bool = True, length: int | None = None) -> bytes:
    """A WebSocket frame of a client (RFC 6455); `length` is what it says it will bring."""
    size = len(payload) if length is None else length
    head = bytes([kind | 0x80 * last])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65_536:
        head += b'\xfe' + struct.pack('!H', size)
    else:
        head += b'\xff' + struct.pack('!Q', size)
    return head + bytes(4) + payload


@asynccontextmanager
async def raw_connection(address: str, path: str = '/echo') -> AsyncIterator['Raw']:
    """A connection that can say what no honest client would."""
    reader, writer = await asyncio.open_connection(*address.split(':'))
    writer.write(HANDSHAKE.format(path, address).encode())
    await reader.readuntil(b'\r\n\r\n')
    yield Raw(reader, writer)
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


class Raw:
    """Its two ends."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @property
    def reading(self) -> asyncio.ReadTransport:
        """Its side that reads, which may stop and go on."""
        both: asyncio.ReadTransport = self.writer.transport  # type: ignore[assignment]
        return both

    async def read(self) -> tuple[int, bytes]:
        """Kind and payload of the next frame from the server."""
        kind, size = await self.reader.readexactly(2)
        if size == 126:
            (size,) = struct.unpack('!H', await self.reader.readexactly(2))
        return kind & 15, await self.reader.readexactly(size)


class Deaf:
    """A transport that writes down what it is given."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.write = self.written.append
        self.waiting = 0
        self.aborted = False

    def is_closing(self) -> bool:
        return False

    def get_extra_info(self, name: str) -> None:
        """Nothing is known of it."""

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def pause_reading(self) -> None:
        """There is nothing to read."""

    def abort(self) -> None:
        self.aborted = True


def deaf_socket() -> tuple[fair.FairWebSocket, Deaf]:
    """A connection that was made, and what it writes to."""
    config = Config(FastAPI())
    config.load()
    socket = fair.FairWebSocket(config, ServerState(), {}, unfinished=Unfinished())
    transport: Any = Deaf()
    encoding: Any = SimpleNamespace(send=lambda event: event.data)
    socket.connection_made(transport)
    socket.conn = encoding
    return socket, transport
