"""Between one editor on one page and its room: NiceGUI's own WebSocket carries the frames."""

import asyncio
import logging
from contextlib import suppress
from typing import Any
from weakref import WeakValueDictionary

from nicegui import Client, core

from collab.document import protocol
from collab.document.people import Person
from collab.document.roles import Role
from collab.editor.line import EVENT, Line, line_to
from collab.editor.pace import Pace
from collab.editor.pieces import Incoming
from collab.rooms.peer import Peer
from collab.rooms.room import Room

log = logging.getLogger(__name__)

LONGEST_PIECE = 500_000
"""Longest piece of a frame that is taken in one message, in characters; the socket takes a million bytes."""
FRAME_LIMIT = 48 * 1024 * 1024
"""Longest frame taken from a page, in characters of base64."""


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
        if self._ended or self._is_old(socket):
            return 0.0  # what comes late is said again over the newer socket
        if socket != self._socket:
            self._speak_over(socket)
        wait = self._hear(piece, more)
        if socket not in self._client._socket_to_document_id:  # it went, and no word of that comes any more
            asyncio.get_running_loop().call_soon(self._gone, socket)
        return wait

    def _is_old(self, socket: str) -> bool:
        """Whether a newer socket speaks for the page already. NiceGUI notes the newest last."""
        there = list(self._client._socket_to_document_id)
        newer = there[there.index(socket) + 1 :] if socket in there else there
        return self._socket in newer

    def _gone(self, socket: str) -> None:
        if self._socket == socket:
            self.disconnect()
            if self._client._socket_to_document_id:
                self.connect()

    def _hear(self, piece: str, more: bool) -> float:
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
        self._peer.knows_itself = True
        self._number = self.room.join(self._peer)

    def _speak_over(self, socket: str) -> None:
        """The page speaks over a new socket; what it said over an old one is counted no more."""
        if self._socket is not None:
            self.close()
        if self._peer is None:
            self._take_seat()
        assert self._peer is not None
        self._socket = socket
        line = line_to(socket, self._element_id)
        self._peer.send_at_once = line.at_once
        self._sending = asyncio.create_task(self._send(line, self._peer), name=f'editor {self.room.id}')

    async def _send(self, line: Line, peer: Peer) -> None:
        with suppress(ConnectionError):
            while not peer.over:
                for frame in await peer.frames():
                    await line.send(frame)
                if peer.fell_behind:
                    await line.send(protocol.resync())
                    peer.caught_up()
            if peer.refusal is not None:
                await line.send(protocol.refused(*peer.refusal))


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
