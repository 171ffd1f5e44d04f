"""A connection to /yjs that costs nearly nothing, so that a thousand of them fit into one program.

A WebSocket (RFC 6455) straight on asyncio's protocols: no compression, and a mask of zeros, which leaves what
it masks as it is. For load only: what the server sends is trusted to be well-formed.
"""

import asyncio
import time
from base64 import b64encode
from collections.abc import Callable
from typing import cast

from collab.document import protocol

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
LAST = 0x80
MASKED = 0x80
NO_MASK = bytes(4)
STEP1, STEP2, UPDATE = b'\x00\x00', b'\x00\x01', b'\x00\x02'
NOTHING = protocol.step2(b'\x00\x00')
OPENS_WITHIN = 60.0


def framed(payload: bytes, kind: int = BINARY) -> bytes:
    """One message as a client sends it."""
    size = len(payload)
    if size < 126:
        return bytes((LAST | kind, MASKED | size)) + NO_MASK + payload
    if size < 1 << 16:
        return bytes((LAST | kind, MASKED | 126)) + size.to_bytes(2, 'big') + NO_MASK + payload
    return bytes((LAST | kind, MASKED | 127)) + size.to_bytes(8, 'big') + NO_MASK + payload


class Plain(asyncio.Protocol):
    """One connection; `take` gets each message, and the time at which it was read from the network."""

    def __init__(self, take: Callable[[bytes, float], None]) -> None:
        self._take = take
        self._rest = b''
        self._parts: list[bytes] = []
        self._room = asyncio.Event()
        self._room.set()
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = ''
        """Why it is over, once it is."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own kind is no subclass of it

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        data = self._rest + data if self._rest else data
        if not self.opened.done():
            head, found, data = data.partition(b'\r\n\r\n')
            if not found:
                self._rest = head
                return
            self._shake_hands(head)
        self._rest = self._cut(data, now)

    def _cut(self, data: bytes, now: float) -> bytes:
        """Take every message that is whole; what is left."""
        at, end = 0, len(data)
        while end - at >= 2:
            size, head = data[at + 1], at + 2
            if size >= 126:
                head += 2 if size == 126 else 8
                if end < head:
                    break
                size = int.from_bytes(data[at + 2 : head], 'big')
            if end < head + size:
                break
            payload = data[head : head + size]
            if data[at] == LAST | BINARY:
                self._take(payload, now)
            else:
                self._other(data[at], payload, now)
            at = head + size
        return data[at:]

    def _other(self, first: int, payload: bytes, now: float) -> None:
        kind = first & 0x0F
        if kind == PING:
            self.transport.write(framed(payload, PONG))
        elif kind == CLOSE:
            self.closed = f'closed by the server: {int.from_bytes(payload[:2], "big")} {payload[2:].decode()}'
            self.transport.close()
        elif kind in (CONTINUATION, BINARY):
            self._parts.append(payload)
            if first & LAST:
                whole, self._parts = b''.join(self._parts), []
                self._take(whole, now)

    def _shake_hands(self, head: bytes) -> None:
        if b' 101 ' in head.partition(b'\r\n')[0]:
            self.opened.set_result(None)
        else:
            self.opened.set_exception(ConnectionError(head.decode(errors='replace')))
            self.transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = self.closed or str(error or 'ended')
        self._room.set()
        if not self.opened.done():
            self.opened.set_exception(ConnectionError(self.closed))

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()

    def send(self, payload: bytes) -> None:
        """Send one message at once."""
        self.transport.write(framed(payload))

    async def drain(self) -> None:
        """Return when the network has room for more. Raises ConnectionError when it is gone."""
        await self._room.wait()
        if self.closed:
            raise ConnectionError(self.closed)

    async def close(self) -> None:
        """Say goodbye, and return when it is gone."""
        self.transport.write(framed(b'\x03\xe8', CLOSE))
        self.transport.close()
        while not self.closed:  # noqa: ASYNC110
            await asyncio.sleep(0.001)


class Client(Plain):
    """A Yjs client that has joined a document: `whole` is the text it was given, as one update."""

    def __init__(self, take: Callable[[bytes, float], None]) -> None:
        """`take` gets the updates that come afterwards, still framed, and when they came."""
        super().__init__(self._first)
        self._then = take
        self.whole = b''
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def _first(self, message: bytes, now: float) -> None:
        kind = message[:2]
        if kind == UPDATE:
            self._then(message, now)
        elif kind == STEP1:
            self.send(NOTHING)
        elif kind == STEP2 and not self.joined.done():
            self.whole = body(message)
            self.joined.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        if not self.joined.done():
            self.joined.set_exception(ConnectionError(self.closed))
            self.joined.exception()  # whoever waits for `opened` has heard already


def body(message: bytes) -> bytes:
    """The update in a message of sync step 2, or of an edit."""
    return protocol.Reader(message[2:]).read_bytes()


async def join(
    port: int, document: str, take: Callable[[bytes, float], None] = lambda *_: None, cookie: str = ''
) -> Client:
    """A client that has the text. Raises ConnectionError."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(OPENS_WITHIN):
        _, client = await loop.create_connection(lambda: Client(take), '127.0.0.1', port)
        client.transport.write(hello(port, document, cookie))
        await client.opened
        client.send(protocol.step1(b'\x00'))
        await client.joined
    return client


def hello(port: int, document: str, cookie: str) -> bytes:
    """What opens a WebSocket."""
    lines = [
        f'GET /yjs/{document} HTTP/1.1',
        f'Host: 127.0.0.1:{port}',
        'Upgrade: websocket',
        'Connection: Upgrade',
        f'Sec-WebSocket-Key: {b64encode(b"sixteen letters!").decode()}',
        'Sec-WebSocket-Version: 13',
        *([f'Cookie: {cookie}'] if cookie else []),
    ]
    return '\r\n'.join([*lines, '', '']).encode()
