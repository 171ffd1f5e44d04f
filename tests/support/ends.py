"""A server over Collab's WebSockets, and its end of a connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI, WebSocket
from fastapi.responses import Response, StreamingResponse

from collab.rooms import wire
from collab.rooms.unfinished import Unfinished
from collab.web import fair
from collab.web.upgrade import FairHttp
from tests.support.raw import Raw, raw_connection
from tests.support.serving import serve

SMALL, LARGE = b'small', bytes(60_000)
MOST = 1_000
"""Of so many large messages, not all have room in the network of any machine while nobody reads."""


class End:
    """The server's end of the newest connection, as soon as there is one."""

    def __init__(self) -> None:
        self.unfinished = Unfinished(most=1_000)
        self.clear_at_first: bool | None = None
        self.there = asyncio.Event()
        self.ended = asyncio.Event()
        self.over = asyncio.Event()
        self.address = ''
        self.socket: WebSocket
        self.wire: fair.FairWebSocket

    async def long(self) -> AsyncIterator[bytes]:
        """An answer that ends with the test, if somebody reads it."""
        try:
            while not self.over.is_set():
                yield LARGE
                await asyncio.sleep(0)
        finally:
            self.ended.set()

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[None]:
        app = FastAPI()

        @app.websocket('/yjs/x')
        async def hold(websocket: WebSocket) -> None:
            found = wire.of(websocket.scope)
            assert isinstance(found, fair.FairWebSocket)
            self.clear_at_first = found.outlet.send(SMALL)
            await websocket.accept()
            self.socket, self.wire = websocket, found
            self.there.set()
            await self.over.wait()

        @app.get('/long')
        async def long() -> Response:
            return StreamingResponse(self.long())

        @app.get('/large')
        async def large() -> Response:
            return Response(LARGE * MOST)

        http = partial(FairHttp, unfinished=self.unfinished)
        async with serve(app, http=http) as self.address, asyncio.timeout(20):
            try:
                yield
            finally:
                self.over.set()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Raw]:
        async with self.serve(), raw_connection(self.address, '/yjs/x') as raw:
            await self.there.wait()
            try:
                yield raw
            finally:
                raw.writer.transport.abort()

    async def fill(self) -> int:
        """Write large messages until there is room no more; how many went."""
        went = 0
        while self.wire.outlet.is_clear:
            while self.wire.outlet.send(LARGE):
                went += 1
                assert went < MOST
            await asyncio.sleep(0.01)  # the network may take some more, a moment later
        return went


def dies(connection: fair.FairWebSocket) -> None:
    connection.send_keepalive_ping()
    connection.keepalive_timeout()
