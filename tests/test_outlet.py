"""Whole frames leave a connection only while it is clear: after its welcome, with room, before its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

from collab.rooms import wire
from collab.rooms.unfinished import Unfinished
from collab.web import fair
from tests.support.serving import serve
from tests.test_fair import Raw, raw_connection

SMALL, LARGE = b'small', bytes(60_000)
MOST = 1_000
"""Of so many large messages, not all have room in the network of any machine while nobody reads."""


class End:
    """The server's end of one connection, as soon as there is one."""

    def __init__(self) -> None:
        self.clear_at_first: bool | None = None
        self.there = asyncio.Event()
        self.socket: WebSocket
        self.wire: wire.Wire

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        app, over = FastAPI(), asyncio.Event()

        @app.websocket('/yjs/x')
        async def hold(websocket: WebSocket) -> None:
            found = wire.of(websocket.scope)
            assert found is not None
            self.clear_at_first = found.outlet.send(SMALL)
            await websocket.accept()
            self.socket, self.wire = websocket, found
            self.there.set()
            await over.wait()

        async with serve(app, http=partial(fair.FairHttp, unfinished=Unfinished())) as at:
            try:
                yield at
            finally:
                over.set()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Raw]:
        async with self.serve() as at, raw_connection(at, '/yjs/x') as raw, asyncio.timeout(20):
            await self.there.wait()
            try:
                yield raw
            finally:
                raw.writer.transport.abort()

    def fill(self) -> int:
        """Write large messages while there is room; how many went."""
        return next(count for count in range(MOST) if not self.wire.outlet.send(LARGE))


async def test_nothing_goes_before_the_welcome() -> None:
    end = End()
    async with end.connected() as raw:
        assert end.clear_at_first is False
        assert end.wire.outlet.send(SMALL)
        assert await raw.read() == (2, SMALL)


async def test_without_room_a_frame_waits_until_the_reader_has_read() -> None:
    end = End()
    async with end.connected() as raw:
        went = end.fill()
        waiting = asyncio.create_task(end.wire.pass_on(wire.framed(wire.BINARY, SMALL)))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        assert [await raw.read() for _ in range(went)] == [(2, LARGE)] * went
        await waiting
        assert await raw.read() == (2, SMALL)
        assert end.wire.outlet.send(SMALL)


async def test_nothing_goes_behind_a_goodbye() -> None:
    end = End()
    async with end.connected() as raw:
        await end.socket.close(4001)
        assert not end.wire.outlet.send(SMALL)
        assert (await raw.read())[0] == 8
        assert not raw.reader._buffer  # type: ignore[attr-defined]


@pytest.mark.parametrize('full', [False, True])
async def test_nothing_goes_to_who_is_gone(full: bool) -> None:
    end = End()
    async with end.connected() as raw:
        if full:
            end.fill()
        raw.writer.transport.abort()
        async with asyncio.timeout(10):
            while not end.wire.is_over():  # type: ignore[attr-defined]  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert not end.wire.outlet.send(SMALL)
        assert not end.wire.outlet.is_clear
        with pytest.raises(ConnectionError):
            await end.wire.pass_on(wire.framed(wire.BINARY, SMALL))
        assert end.socket.application_state is WebSocketState.CONNECTED
