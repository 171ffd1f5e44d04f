"""A page without a browser that costs nearly nothing: NiceGUI's own WebSocket, for one editor."""

import asyncio
import json
import sys
from base64 import b64decode, b64encode
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlencode

import httpx

from benchmarks.plain import OPENS_WITHIN, TEXT, Joining, Plain, Take, connect, framed
from collab.document import protocol
from tests.support.page_socket import PATH, QUERY, Html, Unavailable, query_of

BUSY_PAUSE = 1.0
EVENT, END = b'42["collab",', b'",false]'
"""How a frame for an editor begins and ends that came in one piece and wants no answer."""


class Paged(Plain):
    """The connection of one page with one editor (engine.io 4, socket.io 5)."""

    def __init__(self, client: str, element: int, take: Take) -> None:
        super().__init__(lambda *_: None)
        self._client = client
        self.joining = Joining(self.send, take)
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._element = element
        self._pieces: list[str] = []

    @property
    def whole(self) -> bytes:
        """The text it was given."""
        return self.joining.whole

    def send(self, payload: bytes) -> None:
        """Send a frame of the editor."""
        self.say(f'42["collab",{self._element},"{b64encode(payload).decode()}",false]')

    def say(self, words: str) -> None:
        """Send a text."""
        self.write(framed(words.encode(), TEXT))

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.joining.lost(self.closed)
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(self.closed))
            self.ready.exception()

    def _other(self, first: int, payload: bytes, now: float) -> None:
        if first & 0x0F != TEXT:
            super()._other(first, payload, now)
        elif payload.startswith(EVENT) and payload.endswith(END) and not self._pieces:
            self.joining.take(frame_of(payload), now)
        elif payload == b'2':
            self.say('3')
        elif payload.startswith(b'42'):
            self._event(payload[2:].decode(), now)
        elif payload.startswith(b'0'):
            self.say('40')
        elif payload.startswith(b'40'):
            self.ready.set_result(None)

    def _event(self, words: str, now: float) -> None:
        number, bracket, rest = words.partition('[')
        event, *arguments = json.loads(bracket + rest)
        if number:  # the sender wants to know when it has arrived
            self.say(f'43{number}[]')
        if arguments and isinstance(arguments[0], dict) and '_id' in arguments[0]:
            # As NiceGUI's script does every three seconds; the server keeps what has not arrived.
            arrived = {'client_id': self._client, 'next_message_id': arguments[0]['_id'] + 1}
            self.say(f'42["ack",{json.dumps(arrived)}]')
        if event == 'collab':
            self._pieces.append(arguments[1])
            if not arguments[2]:
                frame = b64decode(''.join(self._pieces))
                self._pieces.clear()
                self.joining.take(frame, now)


@lru_cache(maxsize=64)
def frame_of(message: bytes) -> bytes:
    """The frame in a message; pages of one room get the same ones at the same time."""
    return b64decode(message[message.index(b'"', len(EVENT)) + 1 : -len(END)])


async def join(port: int, document: str, take: Take = lambda *_: None) -> Paged:
    """A page of somebody new, whose editor has the text. Raises ConnectionError."""
    async with asyncio.timeout(OPENS_WITHIN):
        html, cookie = await load(f'http://127.0.0.1:{port}/d/{document}')
        page = await open_socket(port, html.query, cookie, take, html.element)
        page.send(protocol.step1(b'\x00'))
        await page.joining.joined
    return page


async def join_empty(port: int, path: str) -> Paged:
    """A page of somebody new without an editor. Raises ConnectionError."""
    answer, cookie = await get(f'http://127.0.0.1:{port}{path}')
    found = QUERY.search(answer.text)
    assert found, answer.text
    async with asyncio.timeout(OPENS_WITHIN):
        return await open_socket(port, query_of(found), cookie, lambda *_: None)


async def open_socket(port: int, query: dict[str, Any], cookie: str, take: Take, element: int = 0) -> Paged:
    """The page's WebSocket, once socket.io has shaken hands on it; the editor is this element of the page."""
    words = urlencode({k: str(v).lower() if isinstance(v, bool) else v for k, v in query.items()})
    make = partial(Paged, query['client_id'], element, take)
    page = await connect(make, port, f'{PATH}?EIO=4&transport=websocket&{words}', cookie)
    await page.ready
    return page


async def load(url: str) -> tuple[Html, str]:
    """What the page of a document says, asked for again where the server is too busy, and the cookies."""
    while True:
        answer, cookie = await get(url)
        try:
            return Html.read(answer), cookie
        except Unavailable as error:
            print(f'{url}: {error}; asking again', file=sys.stderr)
            await asyncio.sleep(BUSY_PAUSE)


async def get(url: str) -> tuple[httpx.Response, str]:
    """The page, and the cookies of the new person who asked for it."""
    async with httpx.AsyncClient(verify=False, timeout=OPENS_WITHIN) as http:
        answer = await http.get(url)
        return answer, '; '.join(f'{name}={value}' for name, value in http.cookies.items())
