"""Who sends mutations to a server, one after the other, and waits each time for what it makes of it."""

import asyncio
from base64 import b64decode, b64encode
from collections import Counter
from contextlib import suppress

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from collab.document import protocol
from collab.document.lib0 import Reader
from tests.faults.mutations import Listener, Mutator
from tests.support.foreign import RESTORED
from tests.support.page_socket import (
    Broken,
    Html,
    PageSocket,
    Unavailable,
    Unknown,
    listeners,
    page_socket,
)

ANSWER = 15.0
"""Seconds that the server may take to say something; each attacker is slowed down for what it did before."""
MOST_FAILURES = 100
"""So many connections may fail before they tell anything; then there is no server any more."""
NEW_FACE = 150
"""So many mutations later an attacker comes as somebody else, as it would not to be slowed down."""
QUESTION = bytes((protocol.SYNC, protocol.STEP1))


class Attacker:
    """Sends `count` mutations; `outcomes` counts what became of each.

    That is 'answered' when the server answered a question asked behind it on the same connection, and
    otherwise how the connection ended.
    """

    def __init__(self, url: str, document: str, seed: str, count: int) -> None:
        self.outcomes: Counter[str] = Counter()
        self._url = url
        self._document = document
        self._mutator = Mutator(seed)
        self._count = count
        self._failures = 0

    @property
    def _left(self) -> int:
        return self._count - self.outcomes.total()

    def _failed(self) -> None:
        self._failures += 1
        if self._failures > MOST_FAILURES:
            raise RuntimeError('nobody can be attacked any more')

    def _question(self) -> bytes:
        return protocol.step1(self._mutator.replica.doc.get_state())

    def _learn(self, frame: bytes) -> bool:
        """Take in a frame of the server; whether it is the answer to a question."""
        reader = Reader(frame)
        if reader.read_uint() != protocol.SYNC or (step := reader.read_uint()) == protocol.STEP1:
            return False
        self._mutator.replica.learn(reader.read_bytes())
        return step == protocol.STEP2


class Program(Attacker):
    """Attacks /yjs, as a program that takes part in the document; with a session, or as a stranger."""

    def __init__(self, url: str, document: str, seed: str, count: int, *, stranger: bool = False) -> None:
        super().__init__(url, document, seed, count)
        self._stranger = stranger

    async def run(self) -> None:
        while self._left:
            headers = {} if self._stranger else {'Cookie': await self._session()}
            self._mutator.replica.become_another()
            until = max(0, self._left - NEW_FACE)
            while self._left > until:
                try:
                    await self._connect(headers, until)
                except (OSError, TimeoutError, WebSocketException):
                    self._failed()

    async def _session(self) -> str:
        async with httpx.AsyncClient(verify=False) as browser:
            await browser.get(self._url)
            return '; '.join(f'{name}={value}' for name, value in browser.cookies.items())

    async def _connect(self, headers: dict[str, str], until: int) -> None:
        """One connection, until it is cut off."""
        async with connect(
            f'{self._url.replace("http", "ws", 1)}/yjs/{self._document}',
            additional_headers=headers,
            compression=None,
            proxy=None,
            open_timeout=ANSWER,
            close_timeout=1,
        ) as socket:
            if self._stranger:
                self._mutator.replica.become_another()
            await socket.send(self._question())
            try:
                await self._answered(socket)
            except ConnectionClosed:
                return self._closed(socket)
            while self._left > until:
                frame = self._mutator.frame()
                try:
                    await socket.send(frame)
                    if not frame.startswith(QUESTION):
                        await socket.send(self._question())
                    await self._answered(socket)
                    self.outcomes['answered'] += 1
                except ConnectionClosed:
                    self.outcomes[f'closed {socket.close_code}'] += 1
                    return self._closed(socket)
                except TimeoutError:
                    self.outcomes['nothing'] += 1
                    return

    def _closed(self, socket: ClientConnection) -> None:
        if socket.close_code == RESTORED:
            self._mutator.replica.begin_anew()

    async def _answered(self, socket: ClientConnection) -> None:
        async with asyncio.timeout(ANSWER):
            while True:
                frame = await socket.recv()
                assert isinstance(frame, bytes)
                if frame.startswith(QUESTION):
                    await socket.send(protocol.step2(b'\x00\x00'))
                elif self._learn(frame):
                    return


class MadPage(Attacker):
    """Attacks NiceGUI's socket, as a tab that has the document open."""

    async def run(self) -> None:
        while self._left:
            until = max(0, self._left - NEW_FACE)
            self._mutator.replica.become_another()
            async with httpx.AsyncClient(verify=False, timeout=ANSWER) as browser:
                answer = await browser.get(f'{self._url}/d/{self._document}')
                cookies = '; '.join(f'{name}={value}' for name, value in browser.cookies.items())
            with suppress(Unknown, Unavailable):
                html, found = Html.read(answer), listeners(answer.text)
                while self._left > until:
                    try:
                        async with page_socket(self._url, html, cookies) as socket:
                            await self._converse(socket, html, found, until)
                    except Broken:
                        self._failed()

    async def _converse(self, socket: PageSocket, html: Html, found: list[Listener], until: int) -> None:
        """One connection, until the server has enough of it."""
        frames: asyncio.Queue[bytes | None] = asyncio.Queue()
        reading = asyncio.create_task(self._read(socket, html, frames))
        try:
            await self._ask(socket, html)
            outcome = await self._outcome(frames)
            while self._left > until and outcome == 'answered':
                message = self._mutator.page_message(html.element, html.query['client_id'], found)
                with suppress(ConnectionClosed):
                    await socket._connection.send(message)
                    await self._ask(socket, html)
                    if message.endswith(',true]'):  # the question was taken as the end of it
                        await self._ask(socket, html)
                outcome = await self._outcome(frames)
                self.outcomes[outcome] += 1
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        if outcome == 'refused: restored':
            self._mutator.replica.begin_anew()
            raise Unknown

    async def _ask(self, socket: PageSocket, html: Html) -> None:
        await socket.emit('collab', html.element, b64encode(self._question()).decode(), False)

    async def _read(self, socket: PageSocket, html: Html, frames: asyncio.Queue[bytes | None]) -> None:
        pieces: list[str] = []

        def hear(event: str, arguments: list[object]) -> None:
            if event == 'collab' and arguments[0] == html.element:
                pieces.append(str(arguments[1]))
                if not arguments[2]:
                    frames.put_nowait(b64decode(''.join(pieces)))
                    pieces.clear()

        try:
            await socket.read(hear)
        finally:
            frames.put_nowait(None)

    async def _outcome(self, frames: asyncio.Queue[bytes | None]) -> str:
        try:
            async with asyncio.timeout(ANSWER):
                while (frame := await frames.get()) is not None:
                    if frame[0] == protocol.REFUSED:
                        reader = Reader(frame[1:])
                        return f'refused: {reader.read_string()}'
                    if self._learn(frame):
                        return 'answered'
        except TimeoutError:
            return 'nothing'
        return 'closed'
