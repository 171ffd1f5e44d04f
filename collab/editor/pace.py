"""Lets no page send faster over NiceGUI's socket than the server can listen, and nothing a page never sends.

Below NiceGUI's own handlers each socket is read one message after the other, and while a message is held here
the next one is not read: what an eager page has to say waits on its own machine.
"""

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

from nicegui import core

from collab.editor import events
from collab.rooms.allowance import Bucket, Rate

log = logging.getLogger(__name__)

OURS = '2["collab",'
"""How a message with a piece of a frame begins; the room says how many of those it takes."""
OTHERS = Rate(100, 2_000)
"""All else that a page tells NiceGUI: clicks, and what is typed in a field."""
BINARY = ('5', '6')
"""How messages begin to which bytes belong. Pages send none; half-sent ones would be kept for ever."""

OF_NICEGUI = {'handshake', 'event', 'javascript_response', 'ack', 'log'}
"""What pages tell NiceGUI, which believes that they say it as its own script does."""


def guarded(
    event: str, handler: Callable[..., Any], check: Callable[[Any], None] | None = None
) -> Callable[..., Awaitable[Any]]:
    """The handler, except that a message it cannot read closes the socket without a traceback in the log."""
    inner = getattr(handler, 'guarded', handler)  # of an earlier server in this process

    async def handle(socket: str, *arguments: Any) -> Any:
        try:
            if check is not None:
                check(*arguments)
            answer = inner(socket, *arguments)
            return await answer if inspect.isawaitable(answer) else answer
        except (events.Outdated, events.TooMuch):
            return None
        except Exception as error:
            log.info('A socket sent a message %r that NiceGUI cannot read: %r', event, error)
            await core.sio.disconnect(socket)
            return None

    handle.guarded = inner  # type: ignore[attr-defined]
    return handle


def happened(handler: Callable[..., Any], is_so: Callable[..., bool]) -> Callable[..., Awaitable[Any]]:
    """The handler of what became of a socket. A page that says so itself, like any other event, is closed."""
    inner = getattr(handler, 'guarded', handler)

    async def handle(socket: str, *arguments: Any) -> Any:
        if not is_so(socket, *arguments):
            log.info('A socket said itself what became of it, and was closed.')
            await core.sio.disconnect(socket)
            return None
        answer = inner(socket, *arguments)
        return await answer if inspect.isawaitable(answer) else answer

    handle.guarded = inner  # type: ignore[attr-defined]
    return handle


def _came(socket: str, *arguments: object) -> bool:
    return bool(arguments) and arguments[0] is core.sio.get_environ(socket)


def _went(socket: str, *_arguments: object) -> bool:
    return not core.sio.manager.is_connected(socket, '/')


class Pace:
    """How long each socket is not to be read."""

    def __init__(self) -> None:
        self._until: WeakKeyDictionary[Any, float] = WeakKeyDictionary()
        self._others: WeakKeyDictionary[Any, Bucket] = WeakKeyDictionary()

    def register(self) -> None:
        """Stand between the sockets and NiceGUI's handlers."""
        core.sio.eio.on('message', self.message)
        handlers = core.sio.handlers['/']
        for event in OF_NICEGUI & handlers.keys():
            handlers[event] = guarded(event, handlers[event], events.check if event == 'event' else None)
        handlers['connect'] = happened(handlers['connect'], _came)
        handlers['disconnect'] = happened(handlers['disconnect'], _went)

    def hold(self, socket: str, seconds: float) -> None:
        """Read nothing more from this socket for so long."""
        connection = core.sio.eio.sockets.get(core.sio.manager.eio_sid_from_sid(socket, '/'))
        if connection is not None and seconds > 0:
            self._until[connection] = asyncio.get_running_loop().time() + seconds

    async def message(self, name: str, data: object) -> None:
        """Pass a message of the socket with this name on, in time."""
        connection = core.sio.eio.sockets.get(name)
        if connection is None:
            return
        if not isinstance(data, str) or data.startswith(BINARY):
            await self._end(name, connection)
            return
        await self._wait(connection, data)
        try:
            await core.sio._handle_eio_message(name, data)
        except Exception as error:  # with a traceback for each, the log itself would be an attack
            log.info('A socket sent what NiceGUI cannot read, and was closed: %s', error)
            await self._end(name, connection)

    async def _end(self, name: str, connection: Any) -> None:
        await core.sio.eio.disconnect(name)
        connection.queue.put_nowait(
            None
        )  # the sign to close the WebSocket below, whether the page does or not

    async def _wait(self, connection: Any, data: str) -> None:
        now = asyncio.get_running_loop().time()
        wait = self._until.pop(connection, now) - now
        if not data.startswith(OURS):
            bucket = self._others.setdefault(connection, Bucket(OTHERS, now))
            wait = max(wait, bucket.take(1, now))
        if wait > 0:
            await asyncio.sleep(wait)
            if connection.last_ping:  # its answer lies behind what we did not read
                connection.last_ping = time.time()
