"""The way to a page: frames arrive whole and in order, small ones among large ones that go in pieces."""

import asyncio
import json
from base64 import b64decode
from functools import partial

import socketio
from nicegui import core
from websockets.asyncio.client import ClientConnection, connect

from collab.document.people import guest
from collab.editor.channel import Channel
from collab.editor.line import Direct, line_to
from collab.rooms.peer import Peer
from collab.rooms.unfinished import Unfinished
from collab.web.upgrade import FairHttp
from tests.support.serving import serve

LARGE, SMALL = b'L' * 70_000, b'S' * 30
ROUNDS = 60


async def read(socket: ClientConnection, frames: list[bytes]) -> None:
    """Put frames together as a page does, and say that each piece has come."""
    parts: list[bytes] = []
    async for message in socket:
        assert isinstance(message, str)
        if message.startswith('42'):
            number, bracket, rest = message[2:].partition('[')
            event, element, piece, more = json.loads(bracket + rest)
            assert (event, element) == ('collab', 7)
            if number:
                await socket.send(f'43{number}[]')
            parts.append(b64decode(piece))
            if not more:
                frames.append(b''.join(parts))
                parts.clear()


async def test_small_frames_never_get_into_or_past_a_large_one() -> None:
    http = partial(FairHttp, unfinished=Unfinished())
    async with (
        serve(socketio.ASGIApp(core.sio), http=http) as at,
        connect(f'ws://{at}/socket.io/?EIO=4&transport=websocket', compression=None, max_size=None) as page,
    ):
        await page.recv()
        await page.send('40')
        await page.recv()
        *_, socket = core.sio.manager.rooms['/'][None]
        line = line_to(socket, 7)
        assert isinstance(line, Direct)
        peer = Peer(guest('ann'), author='ann', tells_saved=True)
        peer.send_at_once = line.at_once
        channel = Channel.__new__(Channel)
        sending = asyncio.create_task(channel._send(line, peer))
        frames: list[bytes] = []
        reading = asyncio.create_task(read(page, frames))
        offered: list[bytes] = []
        for number in range(ROUNDS):
            for turn in range(40):
                if turn == 0 or (number + turn) % 7 == 0:
                    frame = (SMALL if turn else LARGE) + f'{number} {turn}'.encode()
                    peer.offer(frame)
                    offered.append(frame)
                await asyncio.sleep(0)
        async with asyncio.timeout(20):
            while len(frames) < len(offered):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert frames == offered
        peer.close()
        await sending
        reading.cancel()
