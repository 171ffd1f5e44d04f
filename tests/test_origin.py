"""NiceGUI's socket is for pages of this server only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI, WebSocket
from nicegui import core
from nicegui.testing import User
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from collab.web.origin import SOCKET, SameOrigin
from tests.support.serving import serve


@asynccontextmanager
async def server() -> AsyncIterator[str]:
    app = FastAPI()
    app.add_middleware(SameOrigin)

    @app.websocket(SOCKET + '/socket.io')
    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text('welcome')
        await websocket.close()

    @app.get(SOCKET + '/socket.io')
    @app.get('/elsewhere')
    async def answer() -> str:
        return 'welcome'

    async with serve(app) as address:
        yield address


@pytest.mark.parametrize(
    'origin',
    [
        'http://evil.example',
        'null',
        'http://127.0.0.1',
        'http://127.0.0.1:1',
        'http://sub.{}',
        'http://{}.evil.example',
    ],
)
async def test_a_page_of_another_site_is_refused(origin: str) -> None:
    async with server() as address, httpx.AsyncClient() as client:
        foreign = origin.format(address)
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f'ws://{address}{SOCKET}/socket.io', origin=foreign):  # type: ignore[arg-type]
                pass
        assert refused.value.response.status_code == 403
        polled = await client.get(f'http://{address}{SOCKET}/socket.io', headers={'Origin': foreign})
        assert polled.status_code == 403
        other = await client.get(f'http://{address}/elsewhere', headers={'Origin': foreign})
        assert other.status_code == 200


@pytest.mark.parametrize('origin', [None, 'http://{}'])
async def test_our_own_pages_and_programs_are_let_in(origin: str | None) -> None:
    async with server() as address, httpx.AsyncClient() as client:
        own = origin and origin.format(address)
        async with connect(f'ws://{address}{SOCKET}/socket.io', origin=own) as socket:  # type: ignore[arg-type]
            assert await socket.recv() == 'welcome'
        headers = {'Origin': own} if own else {}
        assert (await client.get(f'http://{address}{SOCKET}/socket.io', headers=headers)).status_code == 200


async def test_a_dead_connection_is_found_within_fifteen_seconds(user: User) -> None:
    await user.open('/')
    assert core.sio.eio.ping_interval + core.sio.eio.ping_timeout <= 15
