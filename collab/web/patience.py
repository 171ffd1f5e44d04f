"""Tells a peer that is slow, or that nobody listened to, from one that is gone; and lets only that one go."""

import asyncio
from typing import Any

from uvicorn.protocols.websockets.wsproto_impl import WSProtocol

STUCK = 120.0
"""Seconds in which a reader has to take something of what waits for it. A system makes room only when a third
of what it holds has gone, and on a slow line that may be a megabyte."""


class Watch:
    """Looks after what waits for a reader, and ends the connection when it takes nothing of it for long."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """From now on, until `end` or until nothing waits."""
        self.end()
        self._look(0)

    def end(self) -> None:
        """There is nothing to look after any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self, before: int) -> None:
        self._timer = None
        waiting = self._transport.get_write_buffer_size()
        if waiting and waiting == before:
            self._transport.abort()
        elif waiting:
            self._timer = self._loop.call_later(STUCK, self._look, waiting)


class Watched(asyncio.Protocol):
    """Beside a protocol of uvicorn: what it writes is looked after while there is no room, and at its end."""

    loop: asyncio.AbstractEventLoop

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """There is a connection."""
        super().connection_made(transport)
        self.watch = Watch(transport, self.loop)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self.watch.end()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """There is no room for more until the other end has read."""
        super().pause_writing()
        self.watch.begin()

    def resume_writing(self) -> None:
        """There is room again. What is left of all that was said is looked after all the same."""
        super().resume_writing()
        if self.ends():
            self.watch.begin()
        else:
            self.watch.end()

    def ends(self) -> bool:
        """Whether all has been said."""
        raise NotImplementedError


class PatientWebSocket(Watched, WSProtocol):
    """uvicorn's WebSocket: a ping without an answer is not always the end, and no end takes for ever."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heard = False
        """Something came from the peer, or may have been there, since we looked last."""

    def send_keepalive_ping(self) -> None:
        """Ask whether the peer is there, or see to the end."""
        self.heard = False
        super().send_keepalive_ping()
        if self.ends():
            self.watch.begin()

    def keepalive_timeout(self) -> None:
        """A ping was not answered. The peer is dead, unless it was heard of, or we did not read."""
        if not self.ends() and (self.heard or self.read_paused):
            self.heard = False
            self.pong_timer = self.loop.call_later(self.ping_timeout or 0, self.keepalive_timeout)
        else:
            super().keepalive_timeout()
            self.watch.begin()

    def ends(self) -> bool:
        """Whether all has been said."""
        return self.close_sent or self.transport.is_closing()
