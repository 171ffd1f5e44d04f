"""Who is slow may take its time; who takes nothing of what waits for it is let go, on every way out."""

import asyncio
from contextlib import suppress

import pytest

from collab.web import patience
from tests.support.ends import LARGE, MOST, SMALL, End, dies
from tests.support.raw import CLOSE, HANDSHAKE, PING, deaf_socket, frame
from tests.support.rooms import becomes


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
        reading: asyncio.ReadTransport = raw.writer.transport  # type: ignore[assignment]
        reading.pause_reading()
        went = await end.fill()
        dies(end.wire)
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


async def test_a_goodbye_that_nobody_reads_does_not_take_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, 'STUCK', 0.05)
    end = End()
    async with end.connected() as raw:
        reading: asyncio.ReadTransport = raw.writer.transport  # type: ignore[assignment]
        reading.pause_reading()
        while not end.wire.transport.get_write_buffer_size():
            assert end.wire.outlet.send(LARGE)
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


async def test_who_takes_some_now_and_then_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, 'STUCK', 0.8)  # the network makes room a third at a time
    end, portion, portions = End(), 1_000_000, 20
    async with end.connected() as raw:
        assert end.wire.outlet.send(bytes(portion * portions))
        assert not end.wire.writable.is_set()
        for _ in range(portions):
            await raw.reader.readexactly(portion)
            await asyncio.sleep(2 / portions)
        await raw.reader.readexactly(10)  # as many bytes stood before it all
        assert end.wire.outlet.send(SMALL)
        assert await raw.read() == (2, SMALL)
