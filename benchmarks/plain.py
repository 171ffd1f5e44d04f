"""A connection to /yjs that costs nearly nothing, so that a thousand of them fit into one program.

A WebSocket (RFC 6455) straight on asyncio's protocols: no compression, and a mask of zeros, which leaves what
it masks as it is. For load only: what the server sends is trusted to be well-formed.
"""

import asyncio
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar, cast

from collab.document import protocol
from collab.document.lib0 import Reader

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
LAST = 0x80
MASKED = 0x80
NO_MASK = bytes(4)
STEP1, STEP2, UPDATE = b'\x00\x00', b'\x00\x01', b'\x00\x02'
NOTHING = protocol.step2(b'\x00\x00')
OPENS_WITHIN = 120.0


Take = Callable[[bytes, float], None]
"""Gets a message, and the time at which it was read from the network."""


def framed(payload: bytes, kind: int = BINARY) -> bytes:
    """One message as a client sends it."""
    size = len(payload)
    if size < 126:
        return bytes((LAST | kind, MASKED | size)) + NO_MASK + payload
    if size < 1 << 16:
        return bytes((LAST | kind, MASKED | 126)) + size.to_bytes(2, 'big') + NO_MASK + payload
    return bytes((LAST | kind, MASKED | 127)) + size.to_bytes(8, 'big') + NO_MASK + payload


class Plain(asyncio.Protocol):
    """One connection; `take` gets each binary message."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._rest: list[bytes] = []
        self._have = self._need = 0
        """How many bytes of the next message are there, and with how many it may be whole."""
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
        self._have += len(data)
        if self._rest:
            self._rest.append(data)
            if self._have < self._need:
                return
            data = b''.join(self._rest)
        if not self.opened.done():
            data = self._shake_hands(data)
        rest = self._cut(data, now)
        self._rest = [rest] if rest else []
        self._have = len(rest)

    def _cut(self, data: bytes, now: float) -> bytes:
        """Take every message that is whole; what is left."""
        at, end = 0, len(data)
        self._need = 0
        while end - at >= 2 and self.opened.done():
            size, head = data[at + 1], at + 2
            if size >= 126:
                head += 2 if size == 126 else 8
                if end < head:
                    break
                size = int.from_bytes(data[at + 2 : head], 'big')
            if end < head + size:
                self._need = head + size - at
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
            self.write(framed(payload, PONG))
        elif kind == CLOSE:
            self.closed = f'closed by the server: {int.from_bytes(payload[:2], "big")} {payload[2:].decode()}'
            self.transport.close()
        elif kind in (CONTINUATION, BINARY):
            self._parts.append(payload)
            if first & LAST:
                whole, self._parts = b''.join(self._parts), []
                self._take(whole, now)

    def _shake_hands(self, data: bytes) -> bytes:
        """What came after the answer to the request, once it is whole; until then everything."""
        head, whole, rest = data.partition(b'\r\n\r\n')
        if not whole:
            return data
        if b' 101 ' in head.partition(b'\r\n')[0]:
            self.opened.set_result(None)
        else:
            self.opened.set_exception(ConnectionError(head.decode(errors='replace')))
            self.transport.abort()
        return rest

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
        """Send one message at once; nothing where the connection is lost, which `closed` tells soon."""
        self.write(framed(payload))

    def write(self, data: bytes) -> None:
        """Send these bytes at once."""
        if not self.transport.is_closing():
            self.transport.write(data)

    async def drain(self) -> None:
        """Return when the network has room for more. Raises ConnectionError when it is gone."""
        await self._room.wait()
        if self.closed:
            raise ConnectionError(self.closed)

    async def close(self) -> None:
        """Say goodbye, and return when it is gone."""
        self.write(framed(b'\x03\xe8', CLOSE))
        self.transport.close()
        while not self.closed:  # noqa: ASYNC110
            await asyncio.sleep(0.001)


class Member(Protocol):
    """A connection that has joined a document."""

    transport: asyncio.Transport
    closed: str

    @property
    def whole(self) -> bytes:
        """The text it was given, as one update."""

    def send(self, payload: bytes) -> None:
        """Send one message of the Yjs protocol."""


Join = Callable[[int, str, Take], Awaitable[Member]]
"""A way to join the document at this port; what comes afterwards is passed on. Raises ConnectionError."""


class Joining:
    """Answers what a server says to somebody who joins, and passes on every edit."""

    def __init__(self, say: Callable[[bytes], None], take: Take) -> None:
        self._say = say
        self._then = take
        self.whole = b''
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def take(self, message: bytes, now: float) -> None:
        """A message of the Yjs protocol came."""
        kind = message[:2]
        if kind == UPDATE:
            self._then(message, now)
        elif kind == STEP1:
            self._say(NOTHING)
        elif kind == STEP2 and not self.joined.done():
            self.whole = body(message)
            self.joined.set_result(None)

    def lost(self, why: str) -> None:
        """The connection is gone."""
        if not self.joined.done():
            self.joined.set_exception(ConnectionError(why))
            self.joined.exception()  # whoever waits for the connection to open has heard already


class Client(Plain):
    """A Yjs client at /yjs."""

    def __init__(self, take: Take) -> None:
        self.joining = Joining(self.send, take)
        super().__init__(self.joining.take)

    @property
    def whole(self) -> bytes:
        """The text it was given."""
        return self.joining.whole

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.joining.lost(self.closed)


def body(message: bytes) -> bytes:
    """The update in a message of sync step 2, or of an edit."""
    return Reader(message[2:]).read_bytes()


async def join(port: int, document: str, take: Take = lambda *_: None, cookie: str = '') -> Client:
    """A client that has the text; `take` gets the edits that come afterwards. Raises ConnectionError."""
    async with asyncio.timeout(OPENS_WITHIN):
        client = await connect(lambda: Client(take), port, f'/yjs/{document}', cookie)
        client.send(protocol.step1(b'\x00'))
        await client.joining.joined
    return client


P = TypeVar('P', bound=Plain)


async def connect(make: Callable[[], P], port: int, path: str, cookie: str = '') -> P:
    """A WebSocket that is open. Raises ConnectionError."""
    _, made = await asyncio.get_running_loop().create_connection(make, '127.0.0.1', port)
    lines = [
        f'GET {path} HTTP/1.1',
        f'Host: 127.0.0.1:{port}',
        f'Origin: http://127.0.0.1:{port}',
        'Upgrade: websocket',
        'Connection: Upgrade',
        f'Sec-WebSocket-Key: {b64encode(b"sixteen letters!").decode()}',
        'Sec-WebSocket-Version: 13',
        *([f'Cookie: {cookie}'] if cookie else []),
    ]
    made.transport.write('\r\n'.join([*lines, '', '']).encode())
    await made.opened
    return made
