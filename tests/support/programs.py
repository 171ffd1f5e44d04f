"""Programs that join over a plain WebSocket, and a server that has nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from pycrdt import Awareness, Doc, Provider, Text, create_awareness_message
from starlette.middleware.sessions import SessionMiddleware
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from collab.rooms.hub import Hub
from collab.web import yjs
from tests.support.rooms import open_hub
from tests.support.serving import serve
from tests.support.store import MemoryStore


class NoNames:
    async def get(self, person_id: str) -> None:
        return None


@asynccontextmanager
async def server(store: MemoryStore | None = None) -> AsyncIterator[tuple[str, Hub]]:
    """The addresses for other Yjs editors on a server without anything else, and its hub."""
    async with open_hub(store) as hub:
        app = FastAPI()
        app.add_middleware(SessionMiddleware, secret_key='x' * 32)
        app.include_router(yjs.router(hub, NoNames()))
        async with serve(app) as address:
            yield address, hub


class Channel:
    """A WebSocket as pycrdt's own provider wants it."""

    def __init__(self, socket: ClientConnection, path: str) -> None:
        self.socket = socket
        self.path = path

    def __aiter__(self) -> 'Channel':
        return self

    async def __anext__(self) -> bytes:
        try:
            return await self.recv()
        except ConnectionClosed:
            raise StopAsyncIteration from None

    async def send(self, message: bytes) -> None:
        await self.socket.send(message)

    async def recv(self) -> bytes:
        message = await self.socket.recv()
        assert isinstance(message, bytes)
        return message


@asynccontextmanager
async def program(
    address: str, document_id: str = 'doc', doc: Doc[Text] | None = None, *, person: str = ''
) -> AsyncIterator[Text]:
    """A Python program that joins with pycrdt's own provider; `doc` is what it held before."""
    doc = Doc() if doc is None else doc
    text = doc.get('content', type=Text)
    async with (
        connect(f'ws://{address}/yjs/{document_id}') as socket,
        Provider(doc, Channel(socket, document_id)) as provider,
    ):
        if person:
            awareness = Awareness(doc)
            awareness.set_local_state_field('user', {'name': person})
            state = awareness.encode_awareness_update([doc.client_id])
            await socket.send(create_awareness_message(state))
        await provider.synced.wait()
        yield text
