"""Hostile and dead connections to a real server: they cost themselves, and nobody else anything."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from collab.document import protocol
from tests.support.running import Collab, running, web_client

CRASHERS = sorted((Path(__file__).parent / 'crashers').glob('*.hex'))
GONE_WITHIN = 15


async def greet(socket: ClientConnection) -> None:
    """Sync steps 1 and 2, as any client begins."""
    await socket.send(protocol.step1(b'\x00'))
    while (await socket.recv())[:2] != b'\x00\x00':
        pass
    await socket.send(protocol.step2(b'\x00\x00'))


def updates(crasher: Path) -> list[bytes]:
    """What hurt, one update a line."""
    lines = [line.split('#')[0].strip() for line in crasher.read_text().splitlines()]
    return [bytes.fromhex(line) for line in lines if line]


async def test_everything_that_ever_hurt_the_library_leaves_the_server_and_the_others_alone(
    tmp_path: Path,
) -> None:
    assert CRASHERS
    async with running(tmp_path / 'data') as collab:
        await collab.create('victim', text='a quiet text')
        await collab.create('calm')
        assert collab.process is not None
        before = collab.process.pid
        async with connect(f'ws://127.0.0.1:{collab.port}/yjs/calm') as honest:
            await greet(honest)
            for number, crasher in enumerate(CRASHERS):
                async with connect(f'ws://127.0.0.1:{collab.port}/yjs/victim') as hostile:
                    await greet(hostile)
                    try:
                        for update in updates(crasher):
                            await hostile.send(protocol.update(update))
                        await hostile.send(b'\xff')  # nonsense, so that it ends in any case
                        async with asyncio.timeout(10):
                            while True:
                                await hostile.recv()
                    except ConnectionClosed:
                        pass
                await honest.send(_key(number))
            text = 'x' * len(CRASHERS)
            async with asyncio.timeout(10):
                while await collab.text('calm') != text:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        assert collab.process.poll() is None
        assert collab.process.pid == before
        assert 'quiet' in await collab.text('victim')


def _key(number: int) -> bytes:
    """Key number `number` of an honest typist with the client id 7."""
    place = b'\x84\x07' + protocol.uint(number - 1) if number else b'\x04\x01\x07content'
    return protocol.update(b'\x01\x01\x07' + protocol.uint(number) + place + b'\x01x\x00')


async def people(collab: Collab) -> int:
    async with web_client() as client:
        answer = await client.get(f'{collab.url}/api/documents/doc')
    return int(answer.json()['people'])


async def test_a_connection_that_died_without_a_word_is_gone_soon(tmp_path: Path) -> None:
    """A raw socket that joins and then never answers a ping, as a machine that lost its network."""
    async with running(tmp_path / 'data') as collab:
        await collab.create('doc')
        _reader, writer = await asyncio.open_connection('127.0.0.1', collab.port)
        key = 'dGhlIHNhbXBsZSBub25jZQ=='
        writer.write(
            f'GET /yjs/doc HTTP/1.1\r\nHost: 127.0.0.1:{collab.port}\r\nUpgrade: websocket\r\n'
            f'Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n'.encode()
        )
        await writer.drain()
        async with asyncio.timeout(5):
            while await people(collab) != 1:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        async with asyncio.timeout(GONE_WITHIN):
            while await people(collab) != 0:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        writer.close()


@pytest.mark.skipif(not hasattr(os, 'getpgid'), reason='needs a POSIX system')
async def test_the_server_stops_soon_with_connections_open(tmp_path: Path) -> None:
    async with running(tmp_path / 'data') as collab:
        await collab.create('doc')
        async with connect(f'ws://127.0.0.1:{collab.port}/yjs/doc') as socket:
            await greet(socket)
            await socket.send(_key(0))
            async with asyncio.timeout(5):
                while await collab.text('doc') != 'x':  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            async with asyncio.timeout(5):
                assert await asyncio.to_thread(collab.stop) == 0
            with suppress(ConnectionClosed):
                async for _ in socket:
                    pass
