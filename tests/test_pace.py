"""NiceGUI's socket: eager pages are read more slowly, and nothing is kept of what no page sends."""

import asyncio
from base64 import b64encode
from contextlib import suppress
from pathlib import Path

import pytest
from nicegui import core
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from collab.document import protocol
from collab.editor import pace as pace_module
from collab.editor.pace import OURS, Pace, guarded
from collab.rooms.allowance import Rate
from tests.support.page_socket import Html, page_socket
from tests.support.running import Collab, running, web_client

pytestmark = pytest.mark.nicegui_main_file(None)


class Connection:
    last_ping = 1.0


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was passed on to NiceGUI's handlers, of a socket 'socket' whose connection is called 'below'."""
    passed: list[str] = []

    async def take(name: str, data: str) -> None:
        passed.append(data)

    connection = Connection()
    monkeypatch.setattr(core.sio.manager, 'eio_sid_from_sid', lambda socket, namespace: 'below')
    monkeypatch.setattr(core.sio.eio, 'sockets', {'below': connection})
    monkeypatch.setattr(core.sio, '_handle_eio_message', take)
    return passed


async def test_a_socket_that_is_held_is_read_later_and_not_taken_for_dead(passed: list[str]) -> None:
    pace = Pace()
    await pace.message('below', OURS)
    pace.hold('socket', 0.05)
    waiting = asyncio.create_task(pace.message('below', OURS))
    await asyncio.sleep(0)
    assert passed == [OURS]
    await waiting
    assert passed == [OURS, OURS]
    assert core.sio.eio.sockets['below'].last_ping > 1.0
    pace.hold('socket', 0.0)
    await asyncio.wait_for(pace.message('below', OURS), 1)


async def test_what_is_not_ours_is_passed_on_only_so_fast(
    passed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace_module, 'OTHERS', Rate(0.5, 2_000))  # a slow machine must not fill it meanwhile
    pace = Pace()
    for _ in range(2_000):
        await pace.message('below', '2["event",{}]')
    flooding = asyncio.create_task(pace.message('below', '2["event",{}]'))
    await asyncio.sleep(0)
    assert len(passed) == 2_000
    await flooding


async def bare_socket(collab: Collab) -> ClientConnection:
    """NiceGUI's socket as a page opens it, without a page."""
    url = f'ws://127.0.0.1:{collab.port}/_nicegui_ws/socket.io/?EIO=4&transport=websocket'
    socket = await connect(url)
    assert str(await socket.recv()).startswith('0')
    await socket.send('40')
    assert str(await socket.recv()).startswith('40')
    return socket


async def test_what_no_page_sends_ends_the_connection_and_leaves_nothing(tmp_path: Path) -> None:
    nonsense: list[str | bytes] = [
        '45999999999-["collab",{"_placeholder":true,"num":0}]',
        b'bytes that belong to nothing',
        '42' + '[' * 100_000,
        '42["collab"',
        '49',
        '42{"collab":1}',
    ]
    async with running(tmp_path / 'data') as collab:
        for message in nonsense:
            socket = await bare_socket(collab)
            await socket.send(message)
            with suppress(ConnectionClosed):
                while True:
                    await asyncio.wait_for(socket.recv(), 5)
        await collab.create('doc', text='as before')
        assert await collab.text('doc') == 'as before'


@pytest.mark.parametrize('event', ['["disconnect"]', '["disconnect","transport close"]', '["connect",{}]'])
async def test_no_page_says_itself_what_became_of_its_socket(event: str, tmp_path: Path) -> None:
    async with running(tmp_path / 'data') as collab, web_client() as browser:
        await collab.create('doc')
        html = Html.read(await browser.get(f'{collab.url}/d/doc'))
        cookies = '; '.join(f'{name}={value}' for name, value in browser.cookies.items())

        async def people() -> int:
            return int((await browser.get(f'{collab.url}/api/documents/doc')).json()['people'])

        async with page_socket(collab.url, html, cookies) as socket:
            assert await people() == 1
            await socket._connection.send(f'42{event}')
            question = b64encode(protocol.step1(b'\0')).decode()
            await socket.emit('collab', html.element, question, False)
            await asyncio.wait_for(socket.read(lambda event, arguments: None), 5)
            assert await people() == 0
        assert 'Traceback' not in collab.log.read_text()


async def test_a_message_that_nicegui_cannot_read_closes_its_socket(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    closed: list[str] = []

    async def disconnect(socket: str) -> None:
        closed.append(socket)

    async def answers(socket: str, words: str) -> str:
        return words.upper()

    monkeypatch.setattr(core.sio, 'disconnect', disconnect)
    twice = guarded('event', guarded('event', answers))
    assert await twice('honest', 'hello') == 'HELLO'
    assert await guarded('log', lambda socket, words: words)('honest', 'hi') == 'hi'
    assert await twice('mad') is None
    assert await twice('mad', 7) is None
    assert closed == ['mad', 'mad']
    assert 'Traceback' not in caplog.text
