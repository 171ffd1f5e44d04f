"""An editor with Hocuspocus' protocol, which does each step when the test says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pycrdt import Doc, Text, TransactionEvent
from websockets.asyncio.client import ClientConnection, connect

from collab.document import protocol
from collab.document.lib0 import Reader, var_string

AUTH, STATELESS, LEAVE, RECEIPT = b'\x02', b'\x05', b'\x07', b'\x08\x01'
ASKS_FOR_TOKEN = AUTH + b'\x00'
TOKEN = AUTH + b'\x00\x06secret'
ADMITTED = AUTH + b'\x02' + var_string('read-write')


class Editor:
    """Does by hand what `@hocuspocus/provider` does by itself."""

    def __init__(self, socket: ClientConnection, name: str, doc: Doc[Text]) -> None:
        self.socket = socket
        self.head = var_string(name)
        self.doc = doc
        self.text = doc.get('content', type=Text)
        self.heard: list[bytes] = []
        self.update = b''
        self.subscription = doc.observe(self._typed)

    async def say(self, frame: bytes) -> None:
        await self.socket.send(self.head + frame)

    async def hear(self) -> bytes:
        """The next message, without the name before it."""
        message = await asyncio.wait_for(self.socket.recv(), 5)
        assert isinstance(message, bytes)
        assert message.startswith(self.head)
        self.heard.append(message.removeprefix(self.head))
        return self.heard[-1]

    async def until(self, frame: bytes) -> list[bytes]:
        """Everything that comes before this message."""
        begin = len(self.heard)
        while await self.hear() != frame:
            pass
        return self.heard[begin:-1]

    async def ask(self) -> None:
        """Connect as the provider does: token, question, the token again because it was asked for."""
        await self.say(TOKEN + b'\x054.8.0')
        await self.say(protocol.step1(self.doc.get_state()))

    async def answer(self) -> None:
        """Take in the text, and answer the question behind it."""
        while not (frame := await self.hear()).startswith(protocol.QUESTION):
            if frame.startswith(b'\x00\x01'):
                self.doc.apply_update(Reader(frame[2:]).read_bytes())
        await self.say(protocol.step2(self.doc.get_update(Reader(frame[2:]).read_bytes())))

    async def type(self, text: str) -> bytes:
        """Type at the end, and send it."""
        self.text += text
        await self.say(protocol.update(self.update))
        return self.update

    def _typed(self, event: TransactionEvent) -> None:
        self.update = event.update


@asynccontextmanager
async def editor(address: str, name: str = 'doc', doc: Doc[Text] | None = None) -> AsyncIterator[Editor]:
    """One that is connected and has been asked for its token."""
    async with connect(f'ws://{address}/hocuspocus/doc') as socket:
        one = Editor(socket, 'doc', Doc() if doc is None else doc)
        assert await one.hear() == ASKS_FOR_TOKEN
        one.head = var_string(name)
        yield one
        one.doc.unobserve(one.subscription)


@asynccontextmanager
async def settled(address: str) -> AsyncIterator[Editor]:
    """One that has the text, and the first receipt."""
    async with editor(address) as one:
        await one.ask()
        await one.say(TOKEN)
        await one.answer()
        await one.until(RECEIPT)
        yield one
