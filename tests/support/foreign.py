"""Any other Yjs editor: the y-websocket protocol on /yjs, with a replica that outlives its connections."""

import asyncio
import random
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from pycrdt import Doc, Text, TransactionEvent
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from collab.document import protocol
from collab.document.protocol import Reader
from tests.support.page import Patience, Quiet, Watcher
from tests.support.page_socket import small

RESTORED = 4409
"""The server closes with it when what a client holds is of an earlier life of the document."""


class Foreign:
    """A client of /yjs/{document}. It is never told what is saved; it only sees what others see.

    It holds on to its replica as long as it lives, as such clients do; `forget()` makes it begin anew, and
    one that `begins_anew` does so by itself when the document began another life.
    """

    def __init__(
        self,
        name: str,
        url: str,
        document: str,
        *,
        watcher: Watcher | None = None,
        patience: Patience | None = None,
        chance: random.Random | None = None,
        receive_buffer: int = 0,
        begins_anew: bool = False,
    ) -> None:
        self.name = name
        self.closed: tuple[int | None, str | None] | None = None
        """Code and reason with which the server closed the last connection."""
        self.online = False
        self._address = f'ws://{urlsplit(url).netloc}/yjs/{document}'
        self._watcher = watcher or Quiet()
        self._patience = patience or Patience()
        self._chance = chance or random.Random()
        self._receive_buffer = receive_buffer
        self._begins_anew = begins_anew
        self._begin()
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._living: asyncio.Task[None] | None = None

    def _begin(self) -> None:
        self.doc: Doc[Text] = Doc()
        self.content = self.doc.get('content', type=Text)
        self._update = b''
        self._subscription = self.doc.observe(self._observe)

    def forget(self) -> None:
        """Begin with an empty replica, which is filled with the next connection."""
        self.doc.unobserve(self._subscription)
        self._begin()

    @property
    def text(self) -> str:
        return str(self.content)

    def open(self) -> None:
        """Begin to live."""
        self._living = asyncio.create_task(self._live(), name=f'foreign {self.name}')

    async def crash(self) -> None:
        """End without a word."""
        if self._living is not None:
            self._living.cancel()
            with suppress(asyncio.CancelledError):
                await self._living
        self.doc.unobserve(self._subscription)

    def insert(self, at: int, text: str, label: str) -> None:
        """Type before byte number `at`."""
        self.content.insert(at, text)
        self._send(protocol.update(self._update))

    def delete(self, start: int, stop: int, label: str) -> None:
        """Delete the bytes start:stop."""
        del self.content[start:stop]
        self._send(protocol.update(self._update))

    async def _live(self) -> None:
        tries = 0
        while True:
            with suppress(OSError, WebSocketException, TimeoutError):
                async with connect(self._address, **await self._options()) as connection:
                    tries = 0
                    await self._converse(connection)
            self.online = False
            if self._begins_anew and self.closed is not None and self.closed[0] == RESTORED:
                self.forget()
            wait = min(self._patience.longest, self._patience.first * 2**tries)
            await asyncio.sleep(wait * (1 + self._patience.jitter * self._chance.uniform(-1, 1)))
            tries += 1

    async def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {
            'compression': None,
            'max_size': None,
            'ping_interval': None,
            'proxy': None,
        }
        if self._receive_buffer:
            options['sock'] = await small(self._address, self._receive_buffer)
        return options | {'close_timeout': 1, 'proxy': None}

    async def _converse(self, connection: ClientConnection) -> None:
        self._outbox = asyncio.Queue()
        sending = asyncio.create_task(self._drain(connection, self._outbox), name=f'sending {self.name}')
        self.online = True
        self._send(protocol.step1(self.doc.get_state()))
        try:
            async for message in connection:
                assert isinstance(message, bytes)
                self._take(message)
        finally:
            sending.cancel()
            self.closed = (connection.close_code, connection.close_reason)

    async def _drain(self, connection: ClientConnection, outbox: 'asyncio.Queue[bytes]') -> None:
        with suppress(WebSocketException, OSError):
            while True:
                await connection.send(await outbox.get())

    def send(self, frame: bytes) -> None:
        """Send anything."""
        self._send(frame)

    def _take(self, message: bytes) -> None:
        reader = Reader(message)
        if reader.read_uint() != protocol.SYNC:
            return
        step, body = reader.read_uint(), reader.read_bytes()
        if step == protocol.STEP1:
            self._send(protocol.step2(self.doc.get_update(body)))
        else:
            self.doc.apply_update(body)
            self._watcher.arrived(self.name, body)

    def _observe(self, event: TransactionEvent) -> None:
        self._update = event.update

    def _send(self, frame: bytes) -> None:
        if self.online:
            self._outbox.put_nowait(frame)
