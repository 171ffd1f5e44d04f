"""Events of pages: whatever a page says of its elements, no handler is told what its script never sends."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.support.page_socket import Broken, Html, Unknown, listeners, page_socket
from tests.support.running import Collab, running

GARBAGE = ['7', 'true', '[]', '["a"]', '{}', '{"key":1}', '"//["', '{', '1e999']
GARBAGE += ['{"anchors":[]}', '{"anchors":{"a":{}}}']


class Browser:
    """A page of a document, which says what it likes."""

    def __init__(self, collab: Collab, answer: httpx.Response, cookies: str) -> None:
        self.url = collab.url
        self.cookies = cookies
        self.html = Html.read(answer)
        self.listeners = listeners(answer.text)

    async def say(self, element: int, listener: str, *arguments: str) -> bool:
        """Send an event; whether the socket outlives it."""
        event = {'client_id': self.html.query['client_id'], 'id': element, 'listener_id': listener}
        try:
            async with page_socket(self.url, self.html, self.cookies) as socket:
                await socket.emit('event', event | {'args': list(arguments)})
                await socket._connection.send('40/nowhere,')  # is answered once the event was taken
                while not str(await socket._connection.recv()).startswith('44/nowhere'):
                    pass
                return True
        except (ConnectionClosed, Broken):
            return False


async def open_page(collab: Collab) -> Browser:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f'{collab.url}/d/doc')
        return Browser(collab, answer, '; '.join(f'{k}={v}' for k, v in client.cookies.items()))


async def test_no_event_leaves_a_traceback(tmp_path: Path) -> None:
    async with running(tmp_path / 'data') as collab:
        await collab.create('doc')
        page = await open_page(collab)
        assert len(page.listeners) > 5
        for element, listener in page.listeners:
            for said in [(), *((word,) for word in GARBAGE), ('1', '2')]:
                with suppress(Unknown):
                    await page.say(element, listener, *said)
        await collab.create('other')
    assert 'Traceback' not in collab.log.read_text()


@pytest.mark.parametrize('text', ['x', '-', '\N{SLIGHTLY SMILING FACE}', '', '7', '9[]'])
async def test_what_is_no_packet_ends_the_connection_without_a_traceback(tmp_path: Path, text: str) -> None:
    async with running(tmp_path / 'data') as collab:
        await collab.create('doc')
        page = await open_page(collab)
        with suppress(Broken):
            async with page_socket(page.url, page.html, page.cookies) as socket:
                await socket._connection.send(text)
                await asyncio.wait_for(socket._connection.wait_closed(), 5)
    assert 'Traceback' not in collab.log.read_text()


async def test_a_title_that_is_typed_is_kept(tmp_path: Path) -> None:
    async with running(tmp_path / 'data') as collab:
        await collab.create('doc')
        page = await open_page(collab)
        for element, listener in page.listeners:
            await page.say(element, listener, json.dumps('Typed'))
        async with httpx.AsyncClient() as client:
            title = (await client.get(f'{collab.url}/api/documents/doc')).json()['title']
        assert title == 'Typed'


async def test_an_event_of_what_is_gone_from_the_page_is_no_offence(tmp_path: Path) -> None:
    async with running(tmp_path / 'data') as collab:
        await collab.create('doc')
        page = await open_page(collab)
        element, _ = page.listeners[0]
        assert await page.say(element, 'of-an-earlier-moment', '1')
        assert await page.say(123_456, 'of-another-element', '1')
    assert 'Traceback' not in collab.log.read_text()
