"""Between one editor on one page and its room: NiceGUI's own WebSocket carries the frames."""

import asyncio
import logging
from base64 import b64decode, b64encode
from functools import lru_cache
from typing import Any
from weakref import WeakValueDictionary

from nicegui import Client, core

from collab.document import protocol
from collab.document.people import Person
from collab.document.roles import Role
from collab.rooms.peer import Peer
from collab.rooms.room import Room

log = logging.getLogger(__name__)

EVENT = 'collab'
PIECE = 500_000
"""Longest piece of a frame in one message, in characters; NiceGUI's socket takes a million bytes."""
FRAME_LIMIT = 48 * 1024 * 1024
"""Longest frame taken from a page, in characters of base64."""
SMALL = 16 * 1024
"""Longest frame whose text is kept for the next reader, in bytes."""
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
        self._pieces: list[str] = []
        self._length = 0
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
        self._number = self._peer = self._socket = None
        self._pieces.clear()
        self._length = 0

    def set_role(self, role: Role) -> None:
        """From now on the page may do what this role may."""
        self.role = role
        if self._peer is not None:
            self._peer.role = role

    def take(self, socket: str, piece: str, more: bool) -> None:
        """Take in a piece of a frame that the page sent over this socket."""
        if self._ended:
            return
        if socket != self._socket:
            self._speak_over(socket)
        assert self._number is not None
        assert self._peer is not None
        self._length += len(piece)
        if len(piece) > PIECE or self._length > FRAME_LIMIT:
            self._peer.refuse('too-large', 'This edit is too large to be sent at once.')
            return
        self._pieces.append(piece)
        if not more:
            frame = ''.join(self._pieces)
            self._pieces.clear()
            self._length = 0
            self.room.receive(self._number, _bytes(frame))

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
        self._sending = asyncio.create_task(self._send(socket, self._peer), name=f'editor {self.room.id}')

    async def _send(self, socket: str, peer: Peer) -> None:
        while not peer.over:
            for frame in await peer.frames():
                await self._emit(socket, frame)
            if peer.fell_behind:
                await self._emit(socket, protocol.resync())
                peer.caught_up()
        if peer.refusal is not None:
            await self._emit(socket, protocol.refused(*peer.refusal))

    async def _emit(self, socket: str, frame: bytes) -> None:
        text = _text(frame)
        for start in range(0, len(text), PIECE):
            await _room_in(socket)
            more = start + PIECE < len(text)
            await core.sio.emit(EVENT, (self._element_id, text[start : start + PIECE], more), to=socket)


class Switchboard:
    """Finds the channel that a message from a browser is for."""

    def __init__(self) -> None:
        self._channels: WeakValueDictionary[tuple[str, int], Channel] = WeakValueDictionary()

    def register(self) -> None:
        """Take Collab's event on NiceGUI's socket server."""
        core.sio.on(EVENT, self.receive)

    def receive(self, socket: str, *message: Any) -> None:
        """One message of a browser: (element id, piece of a frame, whether more pieces follow)."""
        match message:
            case [int(element_id), str(piece), bool(more)]:
                channel = self._channels.get((socket, element_id)) or self._find(socket, element_id)
                if channel is not None:
                    self._channels[socket, element_id] = channel
                    channel.take(socket, piece, more)
            case _:
                log.warning('A browser sent a message that is none of ours.')

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


def _text(frame: bytes) -> str:
    return _small_text(frame) if len(frame) <= SMALL else b64encode(frame).decode()


@lru_cache(maxsize=32)
def _small_text(frame: bytes) -> str:
    """A frame as text. Kept for a moment, since a room sends the same frame to many."""
    return b64encode(frame).decode()


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b''  # no frame at all; the room says so to the sender


async def _room_in(socket: str) -> None:
    """Wait while the socket below has much to send; it would queue without bound."""
    while True:
        connection = core.sio.eio.sockets.get(core.sio.manager.eio_sid_from_sid(socket, '/'))
        if connection is None or connection.queue.qsize() < BACKLOG:
            return
        await asyncio.sleep(PAUSE)
