"""What a browser's page does on the wire: gets its HTML, then speaks socket.io on NiceGUI's WebSocket.

Written against socket.io's protocol 5 and engine.io's protocol 4 rather than with python-socketio's client:
that one starts a task for each message, and two hundred of these run in one process.
"""

import ast
import asyncio
import json
import re
import socket
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

PATH = '/_nicegui_ws/socket.io/'
TAKES = 10.0
"""Seconds that a connection may take to be made."""

QUERY = re.compile(r'query: (\{.*\}),')
EDITOR = re.compile(r'"(\d+)":\{"tag":"nicegui-shared_editor".*?"epoch":"(\d+)"')

ELEMENT = re.compile(r'"(\d+)":\{"tag":')
LISTENER = re.compile(r'"listener_id":"([^"]+)"')


class Unknown(Exception):
    """The server does not know this page (any more): a browser reloads it."""


class Unavailable(Exception):
    """The server has no such page just now. Made with the status and the words on the page."""


class Broken(Exception):
    """The connection is gone, or was never there."""


@dataclass(slots=True)
class Html:
    """What the HTML of a document's page says."""

    query: dict[str, Any]
    element: int
    epoch: str

    @classmethod
    def read(cls, answer: httpx.Response) -> 'Html':
        """Raises Unavailable when it is not the page of a document."""
        query, editor = QUERY.search(answer.text), EDITOR.search(answer.text)
        if query is None or editor is None:
            words = re.search(r'"tag":"h1","text":"(.*?)"', answer.text)
            raise Unavailable(answer.status_code, words[1] if words else answer.text[:200])
        return cls(query_of(query), int(editor[1]), editor[2])


def query_of(found: re.Match[str]) -> dict[str, Any]:
    """What a page says of itself when it opens its WebSocket; `found` is what QUERY finds in its HTML."""
    own = {'document_id': str(uuid.uuid4()), 'tab_id': str(uuid.uuid4())}
    return dict(ast.literal_eval(found[1])) | own


def listeners(html: str) -> list[tuple[int, str]]:
    """Everything on a page that listens to something: its element, and the name under which it does."""
    _, *parts = ELEMENT.split(html.replace('&quot;', '"'))
    return [
        (int(element), listener)
        for element, rest in zip(parts[::2], parts[1::2], strict=True)
        for listener in LISTENER.findall(rest)
    ]


class PageSocket:
    """One connection of one page. `read` runs until it ends."""

    def __init__(self, connection: ClientConnection, html: Html, liveness: float) -> None:
        self._connection = connection
        self._html = html
        self._liveness = liveness
        self._acknowledged = -1
        self._watch: asyncio.TimerHandle | None = None

    async def emit(self, event: str, *arguments: object) -> None:
        """Send one event."""
        await self._connection.send('42' + json.dumps([event, *arguments], separators=(',', ':')))

    async def read(self, hear: Callable[[str, list[Any]], None]) -> None:
        """Pass on every event, in order, until the connection is gone: by a word, or by silence."""
        self._listen_on()
        try:
            async for message in self._connection:
                if message == '2':
                    await self._connection.send('3')
                    self._listen_on()
                    await self._acknowledge()
                elif isinstance(message, str) and message.startswith('42'):
                    number, bracket, rest = message[2:].partition('[')
                    event, *arguments = json.loads(bracket + rest)
                    if number:  # the sender wants to know when it has arrived
                        await self._connection.send(f'43{number}[]')
                    if self._is_new(arguments):
                        hear(event, arguments)
                elif message in ('41', '1'):
                    return
        except WebSocketException:
            pass
        finally:
            if self._watch is not None:
                self._watch.cancel()

    def abort(self) -> None:
        """Drop the connection without a word, as a crash does."""
        self._connection.transport.abort()

    def _listen_on(self) -> None:
        """A browser gives up a connection on which no ping came for so long."""
        if self._watch is not None:
            self._watch.cancel()
        self._watch = asyncio.get_running_loop().call_later(self._liveness, self.abort)

    def _is_new(self, arguments: list[Any]) -> bool:
        """Whether this is no repetition; NiceGUI numbers what it sends."""
        number = arguments[0].pop('_id', None) if arguments and isinstance(arguments[0], dict) else None
        if number is None:
            return True
        if number < self._html.query['next_message_id']:
            return False
        self._html.query['next_message_id'] = number + 1
        return True

    async def _acknowledge(self) -> None:
        after = self._html.query['next_message_id']
        if after > self._acknowledged:
            await self.emit('ack', {'client_id': self._html.query['client_id'], 'next_message_id': after})
            self._acknowledged = after


@asynccontextmanager
async def page_socket(
    url: str, html: Html, cookies: str, receive_buffer: int = 0
) -> AsyncIterator[PageSocket]:
    """A connection for the page. Raises Unknown when the page must be loaded again, Broken without a server.

    `receive_buffer` bounds, in bytes, what the kernel takes in for a page that does not read.
    """
    host = urlsplit(url).netloc
    query = urlencode({k: str(v).lower() if isinstance(v, bool) else v for k, v in html.query.items()})
    try:
        options: dict[str, Any] = {'sock': await small(url, receive_buffer)} if receive_buffer else {}
        connection = await connect(
            f'ws://{host}{PATH}?EIO=4&transport=websocket&{query}',
            additional_headers={'Cookie': cookies, 'Origin': url},
            compression=None,
            max_size=None,
            ping_interval=None,  # browsers do not
            open_timeout=TAKES,
            close_timeout=1,
            proxy=None,
            **options,
        )
    except (OSError, WebSocketException, TimeoutError) as error:
        raise Broken from error
    try:
        async with asyncio.timeout(TAKES):
            liveness = await _shake_hands(connection)
        yield PageSocket(connection, html, liveness)
    except (OSError, WebSocketException, TimeoutError) as error:
        raise Broken from error
    finally:
        await connection.close()


async def _shake_hands(connection: ClientConnection) -> float:
    """Open engine.io, then socket.io; after how many seconds of silence the connection counts as dead."""
    opened = json.loads(str(await connection.recv())[1:])
    await connection.send('40')
    answer = str(await connection.recv())
    if answer.startswith('44'):
        raise Unknown(answer)
    return float(opened['pingInterval'] + opened['pingTimeout']) / 1000


async def small(url: str, receive_buffer: int) -> socket.socket:
    """A connection for which the kernel takes in only so many bytes ahead of its reader. Raises OSError."""
    place = urlsplit(url)
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    made.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(made, (str(place.hostname), int(place.port or 80)))
    except OSError:
        made.close()
        raise
    return made
