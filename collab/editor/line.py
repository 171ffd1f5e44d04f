"""The way from a channel to its page: on the WebSocket itself where there is one, else through socket.io.

The layers between make a task, an encoding and some turns of the event loop for each reader of each frame.
All frames of a channel go the same way, or one could overtake another that waits in a queue of those layers.
"""

import asyncio
from base64 import b64encode
from functools import lru_cache
from typing import Protocol

from nicegui import core

from collab.editor.pieces import Window, pieces
from collab.rooms import wire

EVENT = 'collab'
SMALL = 16 * 1024
"""Longest frame that goes as a whole, in bytes; its text is kept for the next reader."""
BACKLOG, PAUSE = 64, 0.02
"""Messages that may wait in the socket below before the next is held back, and seconds between looks."""


class Line(Protocol):
    """Where frames go."""

    def at_once(self, frame: bytes) -> bool:
        """Send a frame without waiting; False if it has to wait."""

    async def send(self, frame: bytes) -> None:
        """Send a frame when there is room for it. Raises ConnectionError when nobody is there any more."""


def line_to(socket: str, element_id: int) -> Line:
    """The way to the editor with this id on the page that has this socket."""
    scope = (core.sio.get_environ(socket) or {}).get('asgi.scope', {})
    below = wire.of(scope) if scope.get('type') == 'websocket' else None
    return Through(socket, element_id) if below is None else Direct(socket, element_id, below)


class Direct:
    """Past engine.io and socket.io, in their formats."""

    def __init__(self, socket: str, element_id: int, below: wire.Wire) -> None:
        self._socket = socket
        self._element_id = element_id
        self._below = below
        self._window = Window()

    def at_once(self, frame: bytes) -> bool:
        return len(frame) <= SMALL and self._below.outlet.write(_message(self._element_id, frame))

    async def send(self, frame: bytes) -> None:
        if len(frame) <= SMALL:
            await self._below.pass_on(_message(self._element_id, frame))
            return
        for piece, more in pieces(frame):
            arrived = await self._window.turn()
            if not core.sio.manager.is_connected(self._socket, '/'):
                raise ConnectionError('the page is gone')
            # python-socketio has no public way to ask for an answer without sending; its version is pinned.
            number = core.sio.manager._generate_ack_id(self._socket, arrived)
            await self._below.pass_on(_event(str(number), self._element_id, piece, more))


class Through:
    """As NiceGUI itself sends: for pages that poll, and servers that are not ours."""

    def __init__(self, socket: str, element_id: int) -> None:
        self._socket = socket
        self._element_id = element_id
        self._window = Window()

    def at_once(self, frame: bytes) -> bool:
        return False

    async def send(self, frame: bytes) -> None:
        await _room_in(self._socket)
        if len(frame) <= SMALL:
            await core.sio.emit(EVENT, (self._element_id, _text(frame), False), to=self._socket)
            return
        for piece, more in pieces(frame):
            arrived = await self._window.turn()
            message = (self._element_id, piece, more)
            await core.sio.emit(EVENT, message, to=self._socket, callback=arrived)


@lru_cache(maxsize=32)
def _message(element_id: int, frame: bytes) -> bytes:
    """A small frame as it stands on the wire."""
    return _event('', element_id, _text(frame), False)


def _event(number: str, element_id: int, piece: str, more: bool) -> bytes:
    """A WebSocket's text, in it engine.io's message, in it socket.io's event, which may want an answer."""
    words = f'42{number}["{EVENT}",{element_id},"{piece}",{"true" if more else "false"}]'
    return wire.framed(wire.TEXT, words.encode())


@lru_cache(maxsize=32)
def _text(frame: bytes) -> str:
    """A small frame as text. Kept for a moment, since a room sends the same frame to many."""
    return b64encode(frame).decode()


async def _room_in(socket: str) -> None:
    """Wait while the socket below has much to send; it would queue without bound."""
    while True:
        connection = core.sio.eio.sockets.get(core.sio.manager.eio_sid_from_sid(socket, '/'))
        if connection is None or connection.queue.qsize() < BACKLOG:
            return
        await asyncio.sleep(PAUSE)
