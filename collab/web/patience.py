"""Tells a peer that is slow, or that nobody listened to, from one that is gone; and lets only that one go."""

from typing import Any

from uvicorn.protocols.websockets.wsproto_impl import WSProtocol

STUCK = 60.0
"""Seconds in which a reader has to take something of what waits for it, once there are doubts whether it is
there. On a slow line a third of what the network holds may take that long."""


class PatientWebSocket(WSProtocol):
    """uvicorn's WebSocket: a ping without an answer is not always the end, and no end takes for ever."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heard = False
        """Something came from the peer, or may have been there, since the last ping."""
        self._waiting = 0
        self._took_at = 0.0

    def send_keepalive_ping(self) -> None:
        """Ask whether the peer is there, or see to the end."""
        self.heard = False
        super().send_keepalive_ping()
        if self.close_sent or self.transport.is_closing():
            self._cut_off(0)

    def keepalive_timeout(self) -> None:
        """A ping was not answered. The peer is dead, unless it was heard of, or we did not read."""
        ends = self.close_sent or self.transport.is_closing()
        if not ends and (self.heard or (self.read_paused and not self._is_stuck())):
            self.heard = False
            self.pong_timer = self.loop.call_later(self.ping_timeout or 0, self.keepalive_timeout)
        else:
            super().keepalive_timeout()
            self._cut_off(0)

    def _is_stuck(self) -> bool:
        """Whether we do not read because it does not, and it has taken nothing for STUCK seconds."""
        waiting, now = self.transport.get_write_buffer_size(), self.loop.time()
        if self.writable.is_set() or waiting != self._waiting:
            self._waiting, self._took_at = waiting, now
        return now >= self._took_at + STUCK

    def _cut_off(self, before: int) -> None:
        """After the end: what waits may still be read, but is not kept for who takes nothing of it."""
        waiting = self.transport.get_write_buffer_size()
        if waiting and waiting == before:
            self.transport.abort()
        elif waiting:
            self.loop.call_later(STUCK, self._cut_off, waiting)
