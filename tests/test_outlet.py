"""Whole frames leave a connection only while it is clear: after its welcome, with room, before its end."""

import asyncio
from collections.abc import Callable

import pytest

from collab.rooms import wire
from collab.web import fair
from tests.support.ends import LARGE, MOST, SMALL, End, dies
from tests.support.raw import CLOSE, HANDSHAKE, frame, raw_connection
from tests.support.rooms import becomes


async def test_nothing_goes_before_the_welcome() -> None:
    end = End()
    async with end.connected() as raw:
        assert end.clear_at_first is False
        assert end.wire.outlet.send(SMALL)
        assert await raw.read() == (2, SMALL)


async def test_without_room_a_frame_waits_until_the_reader_has_read() -> None:
    end = End()
    async with end.connected() as raw:
        raw.reading.pause_reading()
        went = await end.fill()
        waiting = asyncio.create_task(end.wire.pass_on(wire.framed(wire.BINARY, SMALL)))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        raw.reading.resume_reading()
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


async def test_a_welcome_waits_until_the_end_of_an_answer() -> None:
    end = End()
    async with end.serve():
        reader, writer = await asyncio.open_connection(*end.address.split(':'))
        try:
            writer.write(f'GET /long HTTP/1.1\r\nHost: {end.address}\r\n\r\n'.encode())
            await reader.readexactly(len(LARGE))
            writer.write(HANDSHAKE.format('/yjs/x', end.address).encode())
            await reader.readexactly(10 * len(LARGE))
            assert end.clear_at_first is None
            end.over.set()
            said = b''
            while b' 101 ' not in said:
                more = await reader.read(1_000)
                assert more
                said = said[-10:] + more
        finally:
            writer.transport.abort()


async def test_nothing_goes_behind_a_goodbye() -> None:
    end = End()
    async with end.connected() as raw:
        await end.socket.close(4001)
        assert not end.wire.outlet.send(SMALL)
        assert (await raw.read())[0] == CLOSE
        raw.writer.write(frame(b'\x0f\xa1', CLOSE))
        assert await raw.reader.read() == b''


@pytest.mark.parametrize('ends', [fair.FairWebSocket.shutdown, fair.FairWebSocket._give_up, dies])
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
