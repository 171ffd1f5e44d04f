"""Who is slow may take its time; who takes nothing of what waits for it is let go, on every way out."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import SimpleNamespace
from typing import Self

import pytest
from fastapi import FastAPI
from uvicorn.config import Config
from uvicorn.server import ServerState

from collab.rooms.unfinished import Unfinished
from collab.web import patience
from collab.web.upgrade import FairHttp
from tests.support.ends import LARGE, MOST, SMALL, End, dies
from tests.support.raw import CLOSE, HANDSHAKE, PING, Deaf, deaf_socket, frame
from tests.support.rooms import becomes


@pytest.mark.parametrize('happens', [FairHttp.on_response_complete, FairHttp.resume_writing])
async def test_the_rest_of_an_answer_that_nobody_reads_is_not_kept(
    happens: Callable[[FairHttp], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, 'STUCK', 0.05)
    http, transport = deaf_http()
    transport.waiting = 10
    happens(http)
    await becomes(lambda: transport.aborted)


async def test_nothing_may_come_before_the_welcome() -> None:
    http, transport = deaf_http()
    http.cycle.response_complete = False
    http.handle_websocket_upgrade()
    http.data_received(b'too soon')
    assert transport.aborted


def deaf_http() -> tuple[FairHttp, Deaf]:
    """A connection on which one answer was given, and what it writes to."""
    config = Config(FastAPI())
    config.load()
    http, transport = FairHttp(config, ServerState(), {}, unfinished=Unfinished()), Deaf()
    http.connection_made(transport)  # type: ignore[arg-type]
    http.cycle = SimpleNamespace(response_complete=True)  # type: ignore[assignment]
    return http, transport


@pytest.mark.parametrize(('path', 'upgrades'), [('/long', False), ('/long', True), ('/large', True)])
async def test_who_does_not_read_an_answer_is_cut_off(
    path: str, upgrades: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, 'STUCK', 0.1)
    end = End()
    async with end.serve():
        reader, writer = await asyncio.open_connection(*end.address.split(':'))
        try:
            writer.write(f'GET {path} HTTP/1.1\r\nHost: {end.address}\r\n\r\n'.encode())
            await reader.readuntil(b'\r\n\r\n')
            if upgrades:
                writer.write(HANDSHAKE.format('/yjs/x', end.address).encode())
            if path == '/long':
                await end.ended.wait()
            await asyncio.sleep(0.5)
            with suppress(ConnectionError):
                assert len(await reader.read()) < len(LARGE) * MOST
        finally:
            writer.transport.abort()


@pytest.mark.parametrize('stays', [False, True])
async def test_who_is_silent_may_read_what_waits_but_who_takes_nothing_is_cut_off(
    stays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not stays:
        monkeypatch.setattr(patience, 'STUCK', 0.05)
    end = End()
    async with end.connected() as raw:
        raw.reading.pause_reading()
        went = await end.fill()
        dies(end.wire)
        if stays:
            raw.reading.resume_reading()
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
        raw.reading.pause_reading()
        went = await end.fill()
        raw.writer.write(frame(SMALL))
        await becomes(lambda: end.wire.read_paused)
        end.wire.ping_timeout = 0.01
        end.wire.send_keepalive_ping()
        if stays:
            await asyncio.sleep(0.1)
            raw.reading.resume_reading()
            assert [await raw.read() for _ in range(went)] == [(2, LARGE)] * went
            assert await end.socket.receive_bytes() == SMALL
        else:
            assert (await end.socket.receive())['type'] == 'websocket.disconnect'


async def test_a_goodbye_that_nobody_reads_does_not_take_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, 'STUCK', 0.05)
    end = End()
    async with end.connected() as raw:
        raw.reading.pause_reading()
        while not end.wire.transport.get_write_buffer_size():
            assert end.wire.outlet.send(LARGE)
            await asyncio.sleep(0.01)  # the network may take some more, a moment later
        assert end.wire.writable.is_set()
        await end.socket.close(4001)
        end.wire.send_keepalive_ping()
        await becomes(lambda: end.wire.disconnected)


async def test_the_last_of_an_end_is_looked_after_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, 'STUCK', 0.01)
    socket, transport = deaf_socket()
    transport.waiting = 10
    socket.pause_writing()
    socket.close_sent = True
    socket.resume_writing()
    await becomes(lambda: transport.aborted)


def test_who_takes_some_now_and_then_stays() -> None:
    loop, transport = SlowLoop(), Deaf()
    transport.waiting = 3
    watch = patience.Watch(transport, loop)  # type: ignore[arg-type]
    watch.begin()
    for waiting in (2, 1):
        transport.waiting = waiting
        loop.later()
        assert not transport.aborted
    loop.later()
    assert transport.aborted


def test_a_rest_that_was_read_is_forgotten() -> None:
    loop, transport = SlowLoop(), Deaf()
    transport.waiting = 3
    watch = patience.Watch(transport, loop)  # type: ignore[arg-type]
    watch.begin()
    transport.waiting = 0
    loop.later()
    assert loop.waiting is None


class SlowLoop:
    """An event loop whose one timer is due when a test says so."""

    waiting: Callable[[], None] | None = None

    def call_later(self, _seconds: float, work: Callable[..., None], *args: object) -> Self:
        self.waiting = partial(work, *args)
        return self

    def cancel(self) -> None:
        self.waiting = None

    def later(self) -> None:
        work, self.waiting = self.waiting, None
        assert work is not None
        work()
