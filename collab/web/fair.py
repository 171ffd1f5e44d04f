"""Takes what comes over WebSockets in small portions, so that no connection keeps the others waiting.

uvicorn takes apart all that lies in a socket, up to 256 kB, before anybody else has a turn: thousands of
tiny frames are half a second of work. Here a connection has a moment in each turn; while it has more, and
until its messages are read, nothing is taken from its socket, and the network makes the sender wait.
"""

import asyncio
from time import perf_counter
from typing import Any, cast

from uvicorn._types import ASGISendEvent, WebSocketEvent
from wsproto import events

from collab.rooms import wire
from collab.rooms.unfinished import Unfinished
from collab.rooms.wire import Receive
from collab.web.patience import PatientWebSocket
from collab.web.whole import is_between_messages, unmasked, whole_messages

PORTION, LONGEST_PORTION = 512, 4096
"""Bytes taken apart at once: 85 of the smallest frames there are, a millisecond of work; more if quick."""
MOMENT = 0.001
"""Seconds of work in one turn of the event loop, if a portion takes no longer."""
REST = 0.01
"""Seconds of rest after a moment in which no message was complete: a tenth of the time is enough."""
PAGE_MESSAGE = 1_000_100
"""Longest message on NiceGUI's socket, in bytes. Its own limit of a million counts when all is in memory."""
BUSY = 1013
"""Close code: try again later."""
PACKETS = frozenset('0123456')
"""How messages begin on NiceGUI's socket (engine.io, protocol 4); it fails with a traceback for any other."""
NO_PACKET = 1007
"""Close code: a message that cannot be read."""
PROGRAMS = ('/yjs/', '/hocuspocus/')
"""Where programs connect, whose messages may be as long as uvicorn's `ws_max_size` says."""


class FairWebSocket(PatientWebSocket):
    """uvicorn's WebSocket, except that it reads no more than it can pass on, and is patient."""

    def __init__(self, *args: Any, unfinished: Unfinished, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unfinished = unfinished
        self._unread = bytearray()
        self._feeding = False
        self._is_page = False
        self._senders = 0
        self._receive: Receive | None = None
        self._is_awaited = False
        self._resting = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """There is a connection, on which HTTP was spoken until now."""
        super().connection_made(transport)
        self.outlet = wire.Outlet(transport)

    def handle_connect(self, event: events.Request) -> None:
        """Somebody wants to come in."""
        super().handle_connect(event)
        cast(dict[str, Any], self.scope['extensions'])[wire.NAME] = self
        self._is_page = not self.scope['path'].startswith(PROGRAMS)
        if self._is_page:
            self.buffer.max_length = min(self.buffer.max_length, PAGE_MESSAGE)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self.heard = True
        if not (self._unread or self.read_paused):
            taken, wait = self._take(data)
            if taken == len(data) and not wait:
                return
            if taken:
                self._unread += data[taken:]
                self._rest(wait)
                return
            if len(data) <= PORTION and self.writable.is_set():
                super().data_received(data)
                return
        self._unread += data
        self._pause_reading()
        if not self._feeding and not self._resting:
            self._feed()

    def listen(self, receive: Receive) -> None:
        """Let messages that come whole go to `receive` at once; the others wait to be asked for, as ever."""
        self._receive = receive

    def _take(self, data: bytes | bytearray) -> tuple[int, float]:
        """Take in the whole messages at the front, for one moment: how many bytes, and how long to rest then.

        To let the library take them apart, put them into a queue and wake a task takes three times as long.
        """
        taken = 0
        if self._receive is None or not self._is_awaited or not self.queue.empty():
            return taken, 0.0
        if self.is_over() or not self.writable.is_set() or not is_between_messages(self.conn):
            return taken, 0.0
        until = perf_counter() + MOMENT  # the loop's clock counts whole milliseconds
        try:
            for begin, end in whole_messages(data):
                wait = self._receive(unmasked(data, begin, end))
                taken = end
                if wait or perf_counter() > until or not self.writable.is_set():
                    return taken, wait
        except BaseException:
            self.transport.abort()  # or it would stay for ever, unread
            raise
        return taken, 0.0

    def _rest(self, wait: float) -> None:
        """Read no more for so many seconds; the others have their turn in any case."""
        self._resting = True
        self._pause_reading()
        self.loop.call_later(wait, self._has_rested)

    def _pause_reading(self) -> None:
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def _has_rested(self) -> None:
        self._resting = False
        if not self.transport.is_closing():
            self._go_on()

    async def pass_on(self, frame: bytes) -> None:
        """Write a whole frame when there is room for it. Raises ConnectionError when nobody is there."""
        while not self.outlet.write(frame):
            if self.is_over():
                raise ConnectionError('the connection is over')
            await self.writable.wait()
            await asyncio.sleep(0)

    async def send(self, message: ASGISendEvent) -> None:
        """Send something as ASGI has it. While that waits for room, nothing is written past it."""
        self._senders += 1
        self.outlet.is_clear = False
        try:
            await super().send(message)
        finally:
            self._senders -= 1
            self._tell_outlet()

    def is_over(self) -> bool:
        """Nothing can be sent any more, or not yet."""
        return self.ends() or self.disconnected or not self.handshake_complete

    def _tell_outlet(self) -> None:
        """Whenever what it goes by has changed. What closes the transport as well, the outlet sees itself."""
        self.outlet.is_clear = not self._senders and not self.is_over() and self.writable.is_set()

    def handle_message(self, event: events.TextMessage | events.BytesMessage) -> None:
        """A message came, or a part of it."""
        super().handle_message(event)
        if self.close_sent or event.message_finished:
            self.buffer.clear()
            self._unfinished.done(self)
        else:
            self._unfinished.has(self, self.buffer.length, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._unfinished.done(self)
        self.outlet.is_clear = False
        super().connection_lost(exc)

    async def receive(self) -> WebSocketEvent:
        """The next message, as ASGI has it."""
        self._is_awaited = True
        try:
            message = await self.queue.get()
        finally:
            self._is_awaited = False
        if self.queue.empty() and not self._feeding:
            self._go_on()
        text = message.get('text') if self._is_page else None
        if isinstance(text, str) and text[:1] not in PACKETS:
            return {'type': 'websocket.disconnect', 'code': NO_PACKET}
        return message

    def pause_writing(self) -> None:
        """There is no room for more until the other end has read."""
        super().pause_writing()
        self.outlet.is_clear = False

    def resume_writing(self) -> None:
        """There is room again for answers to what was read."""
        super().resume_writing()
        self._tell_outlet()
        if self.queue.empty() and not self._feeding:
            self._go_on()

    def _give_up(self) -> None:
        """Its half of a message needs the room of others: it may send it again, later."""
        self.buffer.clear()
        if self.is_over():
            return
        self.queue.put_nowait({'type': 'websocket.disconnect', 'code': BUSY})
        self.transport.write(self.conn.send(events.CloseConnection(BUSY, 'The server is busy; try again.')))
        self.close_sent = True
        self.transport.close()

    def _go_on(self) -> None:
        if self._resting:
            return
        if self._unread:
            self._feeding = True
            self.loop.call_soon(self._feed)
        elif self.read_paused:
            self.read_paused = False
            self.heard = True  # its answer to a ping may have waited for this
            self.transport.resume_reading()

    def _feed(self) -> None:
        """One moment's work. Whoever reads the last message goes on with it, or it goes on after a rest."""
        self._feeding = False
        if self.transport.is_closing():
            self._unread.clear()
            return
        taken, wait = self._take(self._unread)
        if taken:
            del self._unread[:taken]
            self._rest(wait)
            return
        begin, size = self.loop.time(), PORTION
        while self._unread and self.writable.is_set() and not self.transport.is_closing():
            portion = bytes(self._unread[:size])
            del self._unread[:size]
            super().data_received(portion)
            if not self.queue.empty() and not self.close_sent:
                return
            if self.loop.time() > begin + MOMENT:
                break
            size = min(2 * size, LONGEST_PORTION)
        if not self.writable.is_set():
            return  # it sends pings, and does not read the answers
        if self._unread:
            self._feeding = True
            self.loop.call_later(REST, self._feed)
        else:
            self._go_on()
