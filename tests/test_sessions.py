"""Who a session says somebody is, they stay, even if the clock was wrong when they came."""

import time
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, WebSocket
from starlette.middleware.sessions import SessionMiddleware
from websockets.asyncio.client import connect

from collab.web.sessions import FutureSessions
from tests.support.serving import serve

ID = b64encode(b'{"id": "known"}')
SECRET, HOUR, YEAR = 'a' * 32, 3600, 365 * 24 * 3600


@asynccontextmanager
async def server() -> AsyncIterator[str]:
    """It answers with the session's id, and makes one for who has none."""
    app = FastAPI()

    @app.get('/')
    async def page(request: Request) -> str:
        return str(request.session.setdefault('id', 'new'))

    @app.websocket('/')
    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(websocket.session.get('id', 'none'))
        await websocket.close()

    app.add_middleware(FutureSessions, secret=SECRET)
    app.add_middleware(SessionMiddleware, secret_key=SECRET, max_age=YEAR)
    async with serve(app) as address:
        yield address


def cookie(age: int, secret: str = SECRET) -> dict[str, str]:
    """The header of somebody with a session that was signed so many seconds ago."""
    sign = signer(secret)
    sign.get_timestamp = lambda: int(time.time()) - age
    return {'Cookie': f'session={sign.sign(ID).decode()}'}


def signer(secret: str = SECRET) -> Any:
    """What signs the cookies of a server with this secret."""
    return SessionMiddleware(FastAPI(), secret_key=secret).signer


@pytest.mark.parametrize('age', [0, HOUR, -HOUR, -YEAR])
async def test_somebody_is_known_on_pages_and_sockets(age: int) -> None:
    async with server() as address, httpx.AsyncClient() as client:
        answer = await client.get(f'http://{address}/', headers=cookie(age))
        assert answer.json() == 'known'
        async with connect(f'ws://{address}/', additional_headers=cookie(age)) as socket:
            assert await socket.recv() == 'known'


async def test_a_session_from_the_future_is_signed_anew() -> None:
    async with server() as address, httpx.AsyncClient() as client:
        answer = await client.get(f'http://{address}/', headers=cookie(-HOUR))
    assert signer().unsign(answer.cookies['session'], max_age=HOUR)


@pytest.mark.parametrize('headers', [{}, cookie(2 * YEAR), cookie(0, 'b' * 32), cookie(-HOUR, 'b' * 32)])
async def test_strangers_and_forged_and_expired_sessions_are_new(headers: dict[str, str]) -> None:
    async with server() as address, httpx.AsyncClient() as client:
        assert (await client.get(f'http://{address}/', headers=headers)).json() == 'new'
