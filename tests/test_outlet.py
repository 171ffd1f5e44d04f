"""Whole frames leave a connection only while it is clear: after its welcome, with room, before its end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

import pytest
from fastapi import FastAPI, WebSocket
from fastapi.responses import Response, StreamingResponse

from collab.rooms import wire
from collab.rooms.unfinished import Unfinished
from collab.web import fair, patience
from collab.web.upgrade import FairHttp
from tests.support.rooms import becomes
from tests.support.serving import serve
from tests.test_fair import CLOSE, HANDSHAKE, PING, Raw, frame, raw_connection

SMALL, LARGE = b'small', bytes(60_000)
MOST = 1_000
"""Of so many large messages, not all have room in the network of any machine while nobody reads."""


class End:
    """The server's end of the newest connection, as soon as there is one."""

    async def endless(self) -> AsyncIterator[bytes]:
        """An answer that never ends, and whether it did."""
        try:
            while not self.over.is_set():
                yield SMALL
                await asyncio.sleep(0.01)
        finally:
            self.ended.set()

    def __init__(self) -> None:
        self.unfinished = Unfinished(most=1_000)
        self.clear_at_first: bool | None = None
        self.there = asyncio.Event()
        self.ended = asyncio.Event()
        self.over = asyncio.Event()
        self.address = ''
        self.socket: WebSocket
        self.wire: fair.FairWebSocket

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[None]:
        app = FastAPI()

        @app.websocket('/yjs/x')
        async def hold(websocket: WebSocket) -> None:
            found = wire.of(websocket.scope)
            assert isinstance(found, fair.FairWebSocket)
            self.clear_at_first = found.outlet.send(SMALL)
            await websocket.accept()
            self.socket, self.wire = websocket, found
            self.there.set()
            await self.over.wait()

        @app.get('/endless')
        async def endless() -> Response:
            return StreamingResponse(self.endless())

        @app.get('/large')
        async def large() -> Response:
            return Response(LARGE * MOST)

        http = partial(FairHttp, unfinished=self.unfinished)
        async with serve(app, http=http) as self.address, asyncio.timeout(20):
            try:
                yield
            finally:
                self.over.set()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Raw]:
        async with self.serve(), raw_connection(self.address, '/yjs/x') as raw:
            await self.there.wait()
            try:
                yield raw
            finally:
                raw.writer.transport.abort()

    async def fill(self) -> int:
        """Write large messages until there is room no more; how many went."""
        went = 0
        while self.wire.outlet.is_clear:
            while self.wire.outlet.send(LARGE):
                went += 1
                assert went < MOST
            await asyncio.sleep(0.01)  # the network may take some more, a moment later
        return went


async def test_nothing_goes_before_the_welcome() -> None:
    end = End()
    async with end.connected() as raw:
        assert end.clear_at_first is False
        assert end.wire.outlet.send(SMALL)
        assert await raw.read() == (2, SMALL)


async def test_without_room_a_frame_waits_until_the_reader_has_read() -> None:
    end = End()
    async with end.connected() as raw:
        reading: asyncio.ReadTransport = raw.writer.transport  # type: ignore[assignment]
        reading.pause_reading()
        went = await end.fill()
        waiting = asyncio.create_task(end.wire.pass_on(wire.framed(wire.BINARY, SMALL)))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        reading.resume_reading()
        assert [await raw.read() for _ in range(went)] == [(2, LARGE)] * went
        await waiting
        assert await raw.read() == (2, SMALL)
        assert end.wire.outlet.send(SMALL)


async def test_a_welcome_waits_until_the_answer_before_it_was_read() -> None:
    end = End()
    async with end.serve():
        reader, writer = await asyncio.open_connection(*end.address.split(':'))
        try:
            writer.write(f'GET /large HTTP/1.1\r\nHost: {end.address}\r\n\r\n'.encode())
            await reader.readuntil(b'\r\n\r\n')
            writer.write(HANDSHAKE.format('/yjs/x', end.address).encode())
            await becomes(lambda: end.clear_at_first is False)
            await asyncio.sleep(0.05)
            assert not end.there.is_set()
            assert await reader.readexactly(len(LARGE) * MOST)
            assert b' 101 ' in await reader.readuntil(b'\r\n\r\n')
            await end.there.wait()
            assert end.wire.outlet.send(SMALL)
        finally:
            writer.transport.abort()


async def test_who_does_not_wait_for_the_end_of_an_answer_is_cut_off() -> None:
    end = End()
    async with end.serve():
        reader, writer = await asyncio.open_connection(*end.address.split(':'))
        writer.write(f'GET /endless HTTP/1.1\r\nHost: {end.address}\r\n\r\n'.encode())
        await reader.readuntil(SMALL)
        writer.write(HANDSHAKE.format('/yjs/x', end.address).encode())
        with suppress(ConnectionError):
            assert b' 101 ' not in await reader.read()
        async with asyncio.timeout(10):
            await end.ended.wait()
        writer.transport.abort()


async def test_nothing_goes_behind_a_goodbye() -> None:
    end = End()
    async with end.connected() as raw:
        await end.socket.close(4001)
        assert not end.wire.outlet.send(SMALL)
        assert (await raw.read())[0] == CLOSE
        raw.writer.write(frame(b'\x0f\xa1', CLOSE))
        assert await raw.reader.read() == b''


def _dies(connection: fair.FairWebSocket) -> None:
    connection.send_keepalive_ping()
    connection.keepalive_timeout()


@pytest.mark.parametrize('ends', [fair.FairWebSocket.shutdown, fair.FairWebSocket._give_up, _dies])
async def test_nothing_goes_behind_what_the_server_says_last(
    ends: Callable[[fair.FairWebSocket], None],
) -> None:
    end = End()
    async with end.connected() as raw:
        ends(end.wire)
        assert not end.wire.outlet.send(SMALL)
        said = await raw.reader.read()
        assert said
        assert SMALL not in said


async def test_nothing_goes_to_who_is_gone() -> None:
    end = End()
    async with end.connected() as raw:
        raw.writer.transport.abort()
        assert (await end.socket.receive())['type'] == 'websocket.disconnect'
        assert not end.wire.outlet.is_clear
        with pytest.raises(ConnectionError):
            await end.wire.pass_on(wire.framed(wire.BINARY, SMALL))


@pytest.mark.parametrize('stays', [False, True])
async def test_who_is_silent_may_read_what_waits_but_who_takes_nothing_is_cut_off(
    stays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not stays:
        monkeypatch.setattr(patience, 'STUCK', 0.05)
    end = End()
    async with end.connected() as raw:
        reading: asyncio.ReadTransport = raw.writer.transport  # type: ignore[assignment]
        reading.pause_reading()
        went = await end.fill()
        _dies(end.wire)
        if stays:
            reading.resume_reading()
            assert [await raw.read() for _ in range(went)] == [(2, LARGE)] * went
            assert [(await raw.read())[0] for _ in range(2)] == [PING, CLOSE]
        assert (await end.socket.receive())['type'] == 'websocket.disconnect'


@pytest.mark.parametrize('stays', [False, True])
async def test_who_takes_nothing_is_cut_off_though_it_said_one_thing_more(
    stays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not stays:
        monkeypatch.setattr(patience, 'STUCK', 0.05)
    end = End()
    async with end.connected() as raw:
        reading: asyncio.ReadTransport = raw.writer.transport  # type: ignore[assignment]
        reading.pause_reading()
        went = await end.fill()
        raw.writer.write(frame(SMALL))
        await becomes(lambda: end.wire.read_paused)
        end.wire.ping_timeout = 0.01
        end.wire.send_keepalive_ping()
        if stays:
            await asyncio.sleep(0.1)
            reading.resume_reading()
            assert [await raw.read() for _ in range(went)] == [(2, LARGE)] * went
            assert await end.socket.receive_bytes() == SMALL
        else:
            assert (await end.socket.receive())['type'] == 'websocket.disconnect'


async def test_an_end_that_nobody_reads_does_not_take_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, 'STUCK', 0.05)
    end = End()
    async with end.connected() as raw:
        reading: asyncio.ReadTransport = raw.writer.transport  # type: ignore[assignment]
        reading.pause_reading()
        await end.fill()
        end.wire.transport.close()
        end.wire.send_keepalive_ping()
        assert (await end.socket.receive())['type'] == 'websocket.disconnect'


async def test_a_half_of_who_was_sent_away_is_thrown_away_without_harm_to_others() -> None:
    end = End()
    async with end.connected() as first:
        first.writer.write(frame(bytes(600), last=False))
        await becomes(lambda: end.unfinished.total == 600)
        await end.socket.close(4001)
        end.there.clear()
        async with raw_connection(end.address, '/yjs/x') as second:
            await end.there.wait()
            second.writer.write(frame(bytes(700), last=False))
            await becomes(lambda: end.unfinished.total == 700)
            second.writer.write(frame(SMALL, 0))
            assert await end.socket.receive_bytes() == bytes(700) + SMALL
            second.writer.transport.abort()
