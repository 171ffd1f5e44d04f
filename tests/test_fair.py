"""Floods and giants on a WebSocket: whoever sends them waits, the others do not."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from collab.document import protocol
from collab.rooms.unfinished import Unfinished
from collab.web import fair
from collab.web.upgrade import FairHttp
from tests.support.raw import BINARY, CLOSE, PING, PONG, deaf_socket, frame, raw_connection
from tests.support.rooms import becomes
from tests.support.running import running
from tests.support.serving import serve


@asynccontextmanager
async def echoing(unfinished: Unfinished | None = None, **settings: float) -> AsyncIterator[str]:
    """A server that sends every message back, over Collab's WebSockets."""
    app = FastAPI()

    @app.websocket('/{path:path}')
    async def echo(websocket: WebSocket, path: str) -> None:
        await websocket.accept()
        try:
            while True:
                await websocket.send_bytes(await websocket.receive_bytes())
        except WebSocketDisconnect:
            pass

    async with serve(app, http=partial(FairHttp, unfinished=unfinished or Unfinished()), **settings) as at:
        yield at


async def ask(socket: ClientConnection, words: bytes = b'still there?') -> None:
    await socket.send(words)
    assert await asyncio.wait_for(socket.recv(), 10) == words


@pytest.mark.parametrize('way', ['yjs', 'hocuspocus'])
@pytest.mark.parametrize('size', [0, 1, 500, 5_000, 300_000, 3_000_000])
async def test_messages_of_every_size_come_through_whole_and_in_order(way: str, size: int) -> None:
    async with echoing() as address, connect(f'ws://{address}/{way}/x', max_size=None) as socket:
        sent = [bytes([number]) * size for number in range(5)]
        for message in sent:
            await socket.send(message)
        assert [await socket.recv() for _ in sent] == sent


async def test_a_flood_of_tiny_frames_comes_through_in_order_and_the_others_have_their_turn() -> None:
    count = 20_000
    async with (
        echoing() as address,
        connect(f'ws://{address}/echo') as honest,
        raw_connection(address) as raw,
    ):
        raw.writer.write(b''.join(frame(struct.pack('!H', number)) for number in range(count)))
        reading = asyncio.create_task(raw.reader.readexactly(count * 4))
        await ask(honest)
        assert not reading.done()
        data = await asyncio.wait_for(reading, 60)
    assert [number for (number,) in struct.iter_unpack('!2xH', data)] == list(range(count))


async def test_pings_without_end_are_answered_in_the_end_and_cost_the_others_nothing() -> None:
    async with (
        echoing() as address,
        connect(f'ws://{address}/echo') as honest,
        raw_connection(address) as raw,
    ):
        raw.writer.write(frame(b'p' * 100, PING) * 3_000 + frame(b'done'))
        for _ in range(20):
            await ask(honest)
        kinds = []
        while not kinds or kinds[-1] != BINARY:
            kinds.append((await asyncio.wait_for(raw.read(), 20))[0])
    assert kinds == [PONG] * 3_000 + [BINARY]


async def test_halves_of_messages_on_many_sockets_are_bounded_together() -> None:
    unfinished = Unfinished(most=1_000_000)
    async with echoing(unfinished) as address, connect(f'ws://{address}/echo') as honest:
        async with raw_connection(address, '/yjs/old') as old, raw_connection(address, '/yjs/young') as young:
            old.writer.write(frame(b'x' * 600_000, last=False))
            await becomes(lambda: unfinished.total == 600_000)
            young.writer.write(frame(b'x' * 700_000, length=1_000_000))
            kind, payload = await asyncio.wait_for(old.read(), 10)
            assert (kind, struct.unpack('!H', payload[:2])) == (CLOSE, (fair.BUSY,))
            await becomes(lambda: unfinished.total == 700_000)
            await ask(honest)
        await becomes(lambda: unfinished.total == 0)


async def test_a_page_may_not_send_what_only_a_program_may() -> None:
    async with echoing() as address, connect(f'ws://{address}/_nicegui_ws/socket.io/') as page:
        assert await closed_after(page, fair.PAGE_MESSAGE + 1) == 1009


async def test_who_is_not_listened_to_for_a_while_is_not_taken_for_dead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fair, 'REST', 0.2)
    async with (
        echoing(ws_ping_interval=0.05, ws_ping_timeout=0.05) as address,
        connect(f'ws://{address}/echo', ping_interval=None) as busy,
        raw_connection(address) as silent,
    ):
        for _ in range(3):
            busy.transport.write(frame(b'p' * 100, PING) * 500)
            await ask(busy)
        while (await asyncio.wait_for(silent.read(), 10))[0] != CLOSE:
            pass


async def closed_after(socket: ClientConnection, size: int) -> int:
    """The code with which the server ends a connection that sends a message of so many bytes."""
    with suppress(ConnectionClosed):
        await socket.send(bytes(size))
        await socket.recv()
    return socket.close_code or 0


async def test_a_frame_of_64_megabytes_ends_its_connection_and_the_longest_document_passes(
    tmp_path: Path,
) -> None:
    async with running(tmp_path / 'data') as collab:
        for way in ('yjs', 'hocuspocus'):
            async with connect(f'ws://127.0.0.1:{collab.port}/{way}/giant', max_size=None) as giant:
                assert await closed_after(giant, 64 * 1024 * 1024) == 1009
        text = b'x' * 10_000_000
        body = b'\x01\x01\x07\x00\x04\x01\x07content' + protocol.var_bytes(text) + b'\x00'
        async with connect(f'ws://127.0.0.1:{collab.port}/yjs/longest', max_size=None) as writer:
            await writer.send(protocol.step1(b'\x00'))
            await writer.send(protocol.update(body))
            async with asyncio.timeout(20):
                while len(await collab.text('longest')) != len(text):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)


async def test_nothing_is_written_past_a_message_that_waits_for_room() -> None:
    socket, transport = deaf_socket()
    socket.resume_writing()
    assert not socket.outlet.write(b'too soon')
    with pytest.raises(ConnectionError):
        await socket.pass_on(b'too soon')
    socket.handshake_complete = True
    socket.resume_writing()
    assert socket.outlet.is_clear
    socket.pause_writing()
    first = asyncio.create_task(socket.send({'type': 'websocket.send', 'bytes': b'first'}))
    await asyncio.sleep(0)
    passing = asyncio.create_task(socket.pass_on(b'second'))
    await asyncio.sleep(0)
    assert not socket.outlet.write(b'third')
    socket.resume_writing()
    assert not socket.outlet.write(b'third')
    async with asyncio.timeout(10):
        await asyncio.gather(first, passing)
    assert socket.outlet.write(b'third')
    assert transport.written == [b'first', b'second', b'third']


async def test_a_message_that_is_not_sent_after_all_keeps_nothing_back() -> None:
    socket, transport = deaf_socket()
    socket.handshake_complete = True
    socket.pause_writing()
    given_up = asyncio.create_task(socket.send({'type': 'websocket.send', 'bytes': b'first'}))
    await asyncio.sleep(0)
    socket.resume_writing()
    given_up.cancel()
    await asyncio.wait([given_up])
    assert socket.outlet.write(b'second')
    assert transport.written == [b'second']
