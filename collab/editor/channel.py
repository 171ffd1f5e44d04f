"""Between one editor on one page and its room: NiceGUI's own WebSocket carries the frames."""

import asyncio
import logging
from base64 import b64encode
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from weakref import WeakValueDictionary

from nicegui import Client, core

from collab.document import protocol
from collab.document.people import Person
from collab.document.roles import Role
from collab.editor.pace import Pace
from collab.editor.pieces import Incoming, Window, pieces
from collab.rooms import wire
from collab.rooms.peer import Peer
from collab.rooms.room import Room

log = logging.getLogger(__name__)

EVENT = 'collab'
LONGEST_PIECE = 500_000
"""Longest piece of a frame that is taken in one message, in characters; the socket takes a million bytes."""
FRAME_LIMIT = 48 * 1024 * 1024
"""Longest frame taken from a page, in characters of base64."""
SMALL = 16 * 1024
"""Longest frame that goes as a whole, in bytes; its text is kept for the next reader."""
BACKLOG, PAUSE = 64, 0.02
"""Messages that may wait in the socket below before the next is held back, and seconds between looks."""


class Channel:
    """One page's seat in a room. The seat is taken when the page connects and given back when it is gone.

    Who speaks is what the server knows of the page (`client`, `person`), never what a message says.
    """

    def __init__(self, room: Room, person: Person, client: Client, element_id: int) -> None:
        self.room = room
        self.person = person
        self.role = Role.EDITOR
        self._client = client
        self._element_id = element_id
        self._socket: str | None = None
        self._number: int | None = None
        self._peer: Peer | None = None
        self._incoming = Incoming()
        self._lost = False
        self._sending: asyncio.Task[None] | None = None
        self._ended = False
        client.on_connect(self.connect)
        client.on_disconnect(self.disconnect)

    def connect(self) -> None:
        """The page is connected: be seen in the room."""
        if self._number is None and not self._ended:
            self._take_seat()

    def disconnect(self) -> None:
        """A socket of the page is gone; leave, unless it was an old one and a newer one speaks for us."""
        if self._socket is None or self._socket not in self._client._socket_to_document_id:
            self.close()

    def end(self) -> None:
        """The editor is gone from the page, for good."""
        self._ended = True
        self.close()

    def close(self) -> None:
        """Give the seat back."""
        if self._number is not None:
            self.room.leave(self._number)
        if self._sending is not None:
            self._sending.cancel()  # it may wait for somebody who is gone
        self._number = self._peer = self._socket = self._sending = None
        self._drop()

    def set_role(self, role: Role) -> None:
        """From now on the page may do what this role may."""
        self.role = role
        if self._peer is not None:
            self._peer.role = role

    def take(self, socket: str, piece: str, more: bool) -> float:
        """Take in a piece of a frame that the page sent over this socket.

        Returns for how many seconds nothing more should be read from it.
        """
        if self._ended:
            return 0.0
        if socket != self._socket:
            self._speak_over(socket)
        assert self._number is not None
        assert self._peer is not None
        if len(piece) > LONGEST_PIECE or self._incoming.length + len(piece) > FRAME_LIMIT:
            self._peer.refuse('too-large', 'This edit is too large to be sent at once.')
            self._drop()
            return 0.0
        try:
            return self._add(self._number, piece, more)
        except ValueError as error:
            self._peer.refuse('update', str(error))
            self._drop()
            return 0.0

    def _add(self, number: int, piece: str, more: bool) -> float:
        if not self._lost:
            self._incoming.add(piece)
        if more:
            self.room.allowances.unfinished.has(self, self._incoming.length, self._lose)
            return 0.0
        if self._lost:
            self._drop()
            self.room.lost(number)
            return 0.0
        frame = self._incoming.take()
        self._drop()
        return self.room.receive(number, frame)

    def _lose(self) -> None:
        """There is no room for this half of a frame; at its end the page is asked to send it again."""
        self._incoming.clear()
        self._lost = True

    def _drop(self) -> None:
        self._incoming.clear()
        self._lost = False
        self.room.allowances.unfinished.done(self)

    def _take_seat(self) -> None:
        self._peer = Peer(self.person, author=self.person.id, role=self.role, tells_saved=True)
        self._number = self.room.join(self._peer)

    def _speak_over(self, socket: str) -> None:
        """The page speaks over a new socket; what it said over an old one is counted no more."""
        if self._socket is not None:
            self.close()
        if self._peer is None:
            self._take_seat()
        assert self._peer is not None
        self._socket = socket
        self._peer.send_at_once = shortcut(socket, self._element_id)
        self._sending = asyncio.create_task(self._send(socket, self._peer), name=f'editor {self.room.id}')

    async def _send(self, socket: str, peer: Peer) -> None:
        window = Window()
        while not peer.over:
            for frame in await peer.frames():
                await self._emit(socket, frame, window)
            if peer.fell_behind:
                await self._emit(socket, protocol.resync(), window)
                peer.caught_up()
        if peer.refusal is not None:
            await self._emit(socket, protocol.refused(*peer.refusal), window)

    async def _emit(self, socket: str, frame: bytes, window: Window) -> None:
        await _room_in(socket)
        if len(frame) <= SMALL:
            await core.sio.emit(EVENT, (self._element_id, _text(frame), False), to=socket)
            return
        for piece, more in pieces(frame):
            arrived = await window.turn()
            await core.sio.emit(EVENT, (self._element_id, piece, more), to=socket, callback=arrived)


class Switchboard:
    """Finds the channel that a message from a browser is for."""

    def __init__(self) -> None:
        self._channels: WeakValueDictionary[tuple[str, int], Channel] = WeakValueDictionary()
        self._pace = Pace()

    def register(self) -> None:
        """Take Collab's event on NiceGUI's socket server."""
        core.sio.on(EVENT, self.receive)
        self._pace.register()

    def receive(self, socket: str, *message: Any) -> None:
        """One message of a browser: (element id, piece of a frame, whether more pieces follow)."""
        match message:
            case [int(element_id), str(piece), bool(more)]:
                channel = self._channels.get((socket, element_id)) or self._find(socket, element_id)
                if channel is not None:
                    self._channels[socket, element_id] = channel
                    self._pace.hold(socket, channel.take(socket, piece, more))
            case _:
                log.debug('A browser sent a message that is none of ours.')

    def _find(self, socket: str, element_id: int) -> Channel | None:
        """The channel of an element on the page that this socket belongs to, by NiceGUI's own record.

        After the handshake NiceGUI puts a socket in a room that bears its client's id.
        """
        for name in core.sio.rooms(socket):
            client = Client.instances.get(name)
            channel = getattr(client and client.elements.get(element_id), 'channel', None)
            if isinstance(channel, Channel):
                return channel
        return None


def shortcut(socket: str, element_id: int) -> Callable[[bytes], bool] | None:
    """Past the queues, to the WebSocket itself; for what is small, when nothing else waits there.

    The layers between make a task, an encoding and a turn of the event loop for each reader of each frame.
    """
    scope = (core.sio.get_environ(socket) or {}).get('asgi.scope', {})
    direct = wire.of(scope) if scope.get('type') == 'websocket' else None
    connection = core.sio.eio.sockets.get(core.sio.manager.eio_sid_from_sid(socket, '/'))
    if direct is None or connection is None:
        return None

    def send(frame: bytes) -> bool:
        if len(frame) > SMALL or connection.closing or connection.queue.qsize():
            return False
        return direct.write(_message(element_id, frame))

    return send


@lru_cache(maxsize=32)
def _message(element_id: int, frame: bytes) -> bytes:
    """A small frame as it stands on the wire: a WebSocket's text, engine.io's message, socket.io's event."""
    return wire.framed(wire.TEXT, f'42["{EVENT}",{element_id},"{_text(frame)}",false]'.encode())


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
