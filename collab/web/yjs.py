"""Every other Yjs editor: the y-websocket protocol on a plain WebSocket, or that of Hocuspocus."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from collab.rooms import wire
from collab.rooms.hub import Hub
from collab.rooms.peer import Peer
from collab.rooms.ports import DamagedDocument, DocumentExists, UnknownDocument
from collab.rooms.room import Room
from collab.web.auth import Names, author_of, identify, person_of, same_origin
from collab.web.hocuspocus import HocuspocusPeer

log = logging.getLogger(__name__)

PRESENCE_AGAIN = 15.0
"""Seconds between repeats of everybody's presence; y-protocols forgets who was silent for 30."""

MOMENT = 0.001
"""Seconds of work for one connection before the others have their turn."""

FOREIGN_ORIGIN, NO_DOCUMENT, REFUSED, SLOW, RESTORED = 4403, 4404, 4400, 4408, 4409
FAILED, DONE = 1011, 1000
"""Close codes; those from 4000 on after the HTTP status they resemble."""


def router(hub: Hub, names: Names) -> APIRouter:
    """A real `y-websocket` client takes ws://host/yjs and the document's id as room name.

    One of `@hocuspocus/provider` takes ws://host/hocuspocus/{document_id} and the same id as its name.
    """
    routes = APIRouter()

    @routes.websocket('/yjs/{document_id}')
    async def yjs(websocket: WebSocket, document_id: str) -> None:
        await _admit(websocket, hub, document_id, partial(_speak_yjs, websocket, names))

    @routes.websocket('/hocuspocus/{document_id}')
    async def hocuspocus(websocket: WebSocket, document_id: str) -> None:
        await _admit(websocket, hub, document_id, partial(_speak_hocuspocus, websocket, names))

    return routes


async def _admit(
    websocket: WebSocket, hub: Hub, document_id: str, speak: Callable[[Room], Awaitable[None]]
) -> None:
    """Let it in and talk, or say why not."""
    await asyncio.sleep(hub.allowances.knock(identify(websocket)))
    await websocket.accept()
    if not same_origin(websocket):
        await websocket.close(FOREIGN_ORIGIN, 'This page is not part of this server.')
        return
    try:
        async with _open_or_make(hub, document_id, author_of(websocket)) as room:
            await speak(room)
    except (UnknownDocument, DocumentExists, ValueError) as error:
        await _close(websocket, NO_DOCUMENT, str(error))
    except DamagedDocument:
        await _close(websocket, NO_DOCUMENT, 'This document is damaged and cannot be opened.')
    except Exception:
        log.exception('A connection to %s failed.', document_id)
        await _close(websocket, FAILED, 'The server cannot open this document just now; try again.')


@asynccontextmanager
async def _open_or_make(hub: Hub, document_id: str, author: str) -> AsyncIterator[Room]:
    """The room of this name; like other Yjs servers, one that is asked for begins to exist."""
    try:
        if hub.room(document_id) is None:  # of one that is open already nothing needs to be looked up
            await hub.describe(document_id)
    except UnknownDocument:
        with contextlib.suppress(DocumentExists):  # somebody else was as quick, or it lies in the trash
            await hub.create(document_id, document_id=document_id, author=author)
    async with hub.open(document_id) as room:
        yield room


async def _speak_yjs(websocket: WebSocket, names: Names, room: Room) -> None:
    peer = Peer(await person_of(websocket, names), author=author_of(websocket))
    await _converse(websocket, room, peer, lambda number: partial(room.receive, number))


async def _speak_hocuspocus(websocket: WebSocket, names: Names, room: Room) -> None:
    peer = HocuspocusPeer(await person_of(websocket, names), author=author_of(websocket), room=room)
    await _converse(websocket, room, peer, peer.begin)


async def _converse(
    websocket: WebSocket, room: Room, peer: Peer, begin: Callable[[int], wire.Receive]
) -> None:
    """Both directions until one end has enough; then the seat is given back."""
    direct = wire.of(websocket.scope)
    if direct is not None:
        peer.send_at_once = direct.outlet.send
    number = room.join(peer)
    sending = asyncio.create_task(_send(websocket, peer), name=f'yjs {room.id}')
    repeating = asyncio.create_task(_repeat_presence(room, peer), name=f'presence {room.id}')
    try:
        receive = begin(number)
        if direct is not None:
            direct.listen(receive)
        await _listen(websocket, receive)
    except (WebSocketDisconnect, RuntimeError, KeyError):  # gone, closed by us, or text instead of bytes
        pass
    finally:
        room.leave(number)
        repeating.cancel()
        await asyncio.gather(sending, repeating, return_exceptions=True)


async def _listen(websocket: WebSocket, receive: wire.Receive) -> None:
    """Pass on what comes, until an exception ends it.

    The others have their turn after each MOMENT, and while this one has to wait nothing is read from it.
    """
    clock = asyncio.get_running_loop().time
    until = clock() + MOMENT
    while True:
        wait = receive(await websocket.receive_bytes())
        if wait or clock() > until:
            await asyncio.sleep(wait)
            until = clock() + MOMENT


async def _send(websocket: WebSocket, peer: Peer) -> None:
    while not peer.over:
        for frame in await peer.frames():
            await websocket.send_bytes(frame)
        if peer.fell_behind:
            await _close(websocket, SLOW, 'Too much was waiting to be read; connect again for the rest.')
            return
    if peer.refusal is None:
        await _close(websocket, DONE, '')
    else:
        code, words = peer.refusal
        await _close(websocket, RESTORED if code == 'restored' else REFUSED, words)


async def _repeat_presence(room: Room, peer: Peer) -> None:
    while True:
        await asyncio.sleep(PRESENCE_AGAIN)
        peer.offer(room.company.everyone(peer))


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    """Close with a reason, cut to the 123 bytes that fit; nothing if it is closed already."""
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):
        await websocket.close(code, reason.encode()[:123].decode(errors='ignore'))
