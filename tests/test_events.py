"""Events of pages: whatever a page says of its elements, no handler is told what its script never sends."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.support.page_socket import Broken, Html, PageSocket, Unknown, listeners, page_socket
from tests.support.running import Collab, running

WITHIN = 15.0
"""Seconds that the server may take for anything."""
GARBAGE = ['7', 'true', '[]', '["a"]', '{}', '{"key":1}', '"//["', '{', '1e999']
GARBAGE += ['{"anchors":[]}', '{"anchors":{"a":{}}}']


class Browser:
    """A page of a document, which says what it likes, and hears what it is told."""

    def __init__(self, collab: Collab, answer: httpx.Response, cookies: str) -> None:
        self.url = collab.url
        self.cookies = cookies
        self.html = Html.read(answer)
        self.told = ''
        self.listeners = listeners(answer.text)
        self._held = AsyncExitStack()
        self._socket: PageSocket | None = None

    async def say(self, element: int, listener: str, *arguments: str) -> bool:
        """Send an event; whether the socket outlives it."""
        event = {'client_id': self.html.query['client_id'], 'id': element, 'listener_id': listener}
        try:
            socket = await self._connected()
            await socket.emit('event', event | {'args': list(arguments)})
            await socket._connection.send('40/nowhere,')  # is answered once the event was taken
            await self._listen(socket, lambda message: message.startswith('44/nowhere'))
            return True
        except (ConnectionClosed, Broken):
            await self.close()
            return False

    async def hears(self, *words: str) -> None:
        """Return when it was told all of this."""
        socket = await self._connected()
        async with asyncio.timeout(WITHIN):
            if not all(word in self.told for word in words):
                await self._listen(socket, lambda _: all(word in self.told for word in words))

    async def close(self) -> None:
        """Leave; the next word comes over another socket."""
        self._socket = None
        await self._held.aclose()

    async def _connected(self) -> PageSocket:
        if self._socket is None:
            opening = page_socket(self.url, self.html, self.cookies)
            self._socket = await self._held.enter_async_context(opening)
        return self._socket

    async def _listen(self, socket: PageSocket, last: Callable[[str], bool]) -> None:
        message = ''
        while not message or not last(message):
            message = str(await socket._connection.recv())
            if message == '2':
                await socket._connection.send('3')
            elif message == '41':
                raise Broken
            elif message.startswith('42'):
                await self._hear(socket, message)

    async def _hear(self, socket: PageSocket, message: str) -> None:
        _, bracket, rest = message[2:].partition('[')
        event, *arguments = json.loads(bracket + rest)
        if not socket._is_new(arguments):
            return
        self.told += message
        if event == 'update':
            for element, made in arguments[0].items():
                self._learn(int(element), made or {})
        elif event == 'run_javascript' and (asked := arguments[0].get('request_id')):
            answer = {'client_id': self.html.query['client_id'], 'request_id': asked, 'result': self.url}
            await socket.emit('javascript_response', answer)

    def _learn(self, element: int, made: dict[str, Any]) -> None:
        others = [one for one in self.listeners if one[0] != element]
        self.listeners = [*others, *((element, one['listener_id']) for one in made.get('events', ()))]


@asynccontextmanager
async def open_page(collab: Collab) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f'{collab.url}/d/doc')
        page = Browser(collab, answer, '; '.join(f'{k}={v}' for k, v in client.cookies.items()))
    try:
        yield page
    finally:
        await page.close()


async def title_of(collab: Collab) -> object:
    async with httpx.AsyncClient() as client:
        return (await client.get(f'{collab.url}/api/documents/doc')).json()['title']


async def talk_nonsense(page: Browser, said: set[tuple[int, str]]) -> None:
    """Say to each listener that was not spoken to yet what it never hears otherwise."""
    for element, listener in [one for one in page.listeners if one not in said]:
        said.add((element, listener))
        for words in [(), *((word,) for word in GARBAGE), ('1', '2')]:
            with suppress(Unknown):
                await page.say(element, listener, *words)


async def test_no_event_leaves_a_traceback(tmp_path: Path) -> None:
    said: set[tuple[int, str]] = set()
    async with running(tmp_path / 'data') as collab:
        await collab.create('doc')
        async with open_page(collab) as page:
            assert len(page.listeners) > 5
            for element, listener in list(page.listeners):  # which opens all that can be opened
                await page.say(element, listener)
            await page.hears('"Send"', 'Your name', 'Show a QR code', 'Export')
            for element, listener in list(page.listeners):
                await page.say(element, listener)
            await page.hears('Join with a phone', 'The text, exactly as it stands.')
            await talk_nonsense(page, said)
            async with httpx.AsyncClient() as client:
                await client.delete(f'{collab.url}/api/documents/doc')
            await page.hears('What you see is left on this page only.')
            await talk_nonsense(page, said)
        await collab.create('other')
    assert len(said) > 40
    assert 'Traceback' not in collab.log.read_text()


async def test_what_nobody_could_type_is_neither_kept_nor_sent_back(tmp_path: Path) -> None:
    """NiceGUI keeps a thousand messages for each page: a megabyte in each of them was a gigabyte."""
    async with running(tmp_path / 'data') as collab:
        await collab.create('doc')
        async with open_page(collab) as page:
            for element, listener in list(page.listeners):
                await page.say(element, listener)
            await page.hears('"Send"', 'Your name')
            for element, listener in list(page.listeners):
                await page.say(element, listener, json.dumps('x' * 500_000))
            await page.hears('A message has at most')
        assert await title_of(collab) == 'doc'
        assert len(page.told) < 300_000
    assert 'Traceback' not in collab.log.read_text()


@pytest.mark.parametrize('text', ['x', '-', '\N{SLIGHTLY SMILING FACE}', '', '7', '9[]'])
async def test_what_is_no_packet_ends_the_connection_without_a_traceback(tmp_path: Path, text: str) -> None:
    async with running(tmp_path / 'data') as collab:
        await collab.create('doc')
        async with open_page(collab) as page:
            pass
        with suppress(Broken):
            async with page_socket(page.url, page.html, page.cookies) as socket:
                await socket._connection.send(text)
                await asyncio.wait_for(socket._connection.wait_closed(), 5)
    assert 'Traceback' not in collab.log.read_text()


async def test_a_title_that_is_typed_is_kept(tmp_path: Path) -> None:
    async with running(tmp_path / 'data') as collab:
        await collab.create('doc')
        async with open_page(collab) as page:
            for element, listener in list(page.listeners):
                await page.say(element, listener, json.dumps('Typed'))
        assert await title_of(collab) == 'Typed'


async def test_an_event_of_what_is_gone_from_the_page_is_no_offence(tmp_path: Path) -> None:
    async with running(tmp_path / 'data') as collab:
        await collab.create('doc')
        async with open_page(collab) as page:
            element, _ = page.listeners[0]
            assert await page.say(element, 'of-an-earlier-moment', '1')
            assert await page.say(123_456, 'of-another-element', '1')
    assert 'Traceback' not in collab.log.read_text()
