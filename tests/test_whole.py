"""What is typed goes the short way into the server, and nothing overtakes anything on it."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import pytest
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from collab.rooms import wire
from collab.rooms.unfinished import Unfinished
from collab.web import fair
from collab.web.upgrade import FairHttp
from collab.web.whole import unmasked, whole_messages
from tests.support.raw import CLOSE, PING, PONG, Raw, frame, raw_connection
from tests.support.serving import serve

MASK = b'\x01\x80\xff\x7e'


def masked(message: bytes) -> bytes:
    """As a client sends it (RFC 6455, 5.3)."""
    size = len(message)
    head = bytes([0x80 | size]) if size < 126 else b'\xfe' + size.to_bytes(2, 'big')
    return b'\x82' + head + MASK + bytes(b ^ MASK[i % 4] for i, b in enumerate(message))


def read(data: bytes) -> list[bytes]:
    return [unmasked(data, begin, end) for begin, end in whole_messages(data)]


@pytest.mark.parametrize('size', [1, 2, 3, 4, 5, 7, 8, 124, 125, 126, 127, 128, 255, 256, 500, 65_535])
def test_a_message_is_read_as_it_was_sent(size: int) -> None:
    message = (bytes(range(256)) * 256)[-size:]
    assert read(masked(message)) == [message]
    assert read(masked(b'before') + masked(message) + masked(b'!')) == [b'before', message, b'!']


@pytest.mark.parametrize('front', [[], [b'one'], [b'one', b'x' * 126, b'three']])
@pytest.mark.parametrize(
    'rest',
    [
        b'',
        b'\x82',
        masked(b'one')[:-1],
        frame(b'ping', PING) + masked(b'behind'),
        masked(b'x' * 126)[:-1],
        masked(b'x' * 126)[:8],
        b'\x82\xfe\x00\x03' + MASK + b'abc',
        b'\x82\xff' + (65_536).to_bytes(8, 'big') + MASK + bytes(65_536),
        frame(b''),
        frame(b'text', 1) + masked(b'behind'),
        frame(b'a part', last=False),
        frame(b'the rest', 0),
        b'\x82\x03' + bytes(7),
    ],
)
def test_from_the_first_that_is_not_of_the_usual_kind_all_is_left_to_the_library(
    front: list[bytes], rest: bytes
) -> None:
    assert read(b''.join(map(masked, front)) + rest) == front


class Listener:
    """A server that takes messages the short way where they have one, and answers each with its own."""

    def __init__(self) -> None:
        self.at_once: list[bytes] = []
        self.asked_for: list[bytes] = []
        self.rests: list[float] = []
        """How long it wants to rest after each message to come."""
        self.turns: list[int] = []
        """How many turns of the others were before each message."""
        self._turns = 0
        self.fails_at = b''
        self.ended = asyncio.Event()

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        app = FastAPI()

        @app.websocket('/yjs/x')
        async def listen(websocket: WebSocket) -> None:
            await websocket.accept()
            direct = wire.of(websocket.scope)
            assert direct is not None

            def receive(message: bytes, heard: list[bytes]) -> float:
                heard.append(message)
                if message == self.fails_at:
                    raise RuntimeError('as nobody foresaw')
                self.turns.append(self._turns)
                asyncio.get_running_loop().call_soon(self._turn)
                assert direct.outlet.send(message)
                return self.rests.pop(0) if self.rests else 0.0

            direct.listen(partial(receive, heard=self.at_once))
            try:
                while True:
                    receive(await websocket.receive_bytes(), self.asked_for)
            except WebSocketDisconnect:
                self.ended.set()

        async with serve(app, http=partial(FairHttp, unfinished=Unfinished())) as at:
            yield at

    def _turn(self) -> None:
        self._turns += 1


async def say(raw: Raw, data: bytes) -> tuple[int, bytes]:
    """What is answered to these bytes."""
    raw.writer.write(data)
    return await asyncio.wait_for(raw.read(), 10)


async def test_what_comes_whole_goes_the_short_way_and_the_rest_as_ever() -> None:
    listener = Listener()
    async with listener.serve() as at, raw_connection(at, '/yjs/x') as raw:
        assert await say(raw, masked(b'first')) == (2, b'first')
        first = masked(b'in two parts')
        raw.writer.write(first[:5])
        await raw.writer.drain()
        await asyncio.sleep(0.05)  # they come apart
        assert await say(raw, first[5:]) == (2, b'in two parts')
        assert await say(raw, frame(b'ping', PING)) == (PONG, b'ping')
        assert await say(raw, masked(b'again')) == (2, b'again')
        assert await say(raw, frame(b'long' * 200)) == (2, b'long' * 200)
        assert await say(raw, masked(b'last')) == (2, b'last')
    assert listener.at_once == [b'first', b'again', b'long' * 200, b'last']
    assert listener.asked_for == [b'in two parts']


async def test_many_that_come_together_go_the_short_way_too() -> None:
    listener = Listener()
    sent = [b'%d' % at for at in range(300)]
    async with listener.serve() as at, raw_connection(at, '/yjs/x') as raw:
        raw.writer.write(b''.join(map(masked, sent)))
        assert [(await asyncio.wait_for(raw.read(), 10))[1] for _ in sent] == sent
    assert (listener.at_once, listener.asked_for) == (sent, [])


async def test_no_message_looks_like_a_part_of_another() -> None:
    listener = Listener()
    async with listener.serve() as at, raw_connection(at, '/yjs/x') as raw:
        inner = masked(b'not a message')
        outer = frame(inner)
        raw.writer.write(outer[: -len(inner)])
        await raw.writer.drain()
        await asyncio.sleep(0.05)
        assert await say(raw, inner) == (2, inner)
        raw.writer.write(frame(b'one, ', last=False))
        await raw.writer.drain()
        await asyncio.sleep(0.05)
        assert await say(raw, frame(b'two', 0)) == (2, b'one, two')
        assert await say(raw, masked(b'three')) == (2, b'three')
    assert listener.at_once == [b'three']


async def test_messages_keep_their_order_however_they_come() -> None:
    listener = Listener()
    sent = [b'%d' % number for number in range(3_000)]
    async with listener.serve() as at, raw_connection(at, '/yjs/x') as raw:
        for number, message in enumerate(sent):
            if number % 50 == 25:
                raw.writer.write(frame(message[:1], last=False) + frame(message[1:], 0))
            else:
                raw.writer.write(masked(message))
            if number % 7 == 0:
                await asyncio.sleep(0)
        heard = [(await asyncio.wait_for(raw.read(), 20))[1] for _ in sent]
    assert heard == sent
    assert listener.at_once
    assert set(sent[25::50]) <= set(listener.asked_for)


async def test_who_has_to_rest_is_not_read_meanwhile() -> None:
    listener = Listener()
    listener.rests = [0.3]
    async with listener.serve() as at, raw_connection(at, '/yjs/x') as raw:
        clock = asyncio.get_running_loop().time
        begin = clock()
        assert await say(raw, masked(b'one')) == (2, b'one')
        assert await say(raw, masked(b'two')) == (2, b'two')
        assert clock() - begin >= 0.3
    assert listener.at_once == [b'one', b'two']


async def test_who_has_to_rest_after_the_first_of_two_is_not_heard_with_the_second_before() -> None:
    listener = Listener()
    listener.rests = [0.3]
    async with listener.serve() as at, raw_connection(at, '/yjs/x') as raw:
        clock = asyncio.get_running_loop().time
        begin = clock()
        assert await say(raw, masked(b'three') + masked(b'four')) == (2, b'three')
        raw.writer.write(masked(b'five'))
        assert [(await asyncio.wait_for(raw.read(), 10))[1] for _ in range(2)] == [b'four', b'five']
        assert clock() - begin >= 0.3
        assert await say(raw, masked(b'six')) == (2, b'six')
    assert listener.at_once == [b'three', b'four', b'five', b'six']


@pytest.mark.parametrize('moment', [60, -1])
async def test_a_receiver_that_fails_ends_the_connection_in_whichever_turn(
    monkeypatch: pytest.MonkeyPatch, moment: float
) -> None:
    monkeypatch.setattr(fair, 'MOMENT', moment)
    listener = Listener()
    listener.fails_at = b'two'
    async with listener.serve() as at, raw_connection(at, '/yjs/x') as raw:
        raw.writer.write(b''.join(map(masked, [b'one', b'two', b'three'])))
        with suppress(ConnectionError):
            await asyncio.wait_for(raw.reader.read(), 10)
        await asyncio.wait_for(listener.ended.wait(), 10)
    assert listener.at_once == [b'one', b'two']


async def test_what_lies_behind_the_end_of_a_connection_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    feeds: list[int] = []
    feed = fair.FairWebSocket._feed

    def counted(socket: fair.FairWebSocket) -> None:
        feeds.append(len(socket._unread))
        feed(socket)

    monkeypatch.setattr(fair.FairWebSocket, '_feed', counted)
    listener = Listener()
    async with listener.serve() as at, raw_connection(at, '/yjs/x') as raw:
        raw.writer.write(frame(struct.pack('!H', 1000), CLOSE) + bytes(700))
        await asyncio.wait_for(listener.ended.wait(), 10)
        await asyncio.sleep(0.05)
        seen = len(feeds)
        await asyncio.sleep(5 * fair.REST)
    assert seen
    assert len(feeds) == seen


@pytest.mark.parametrize(('moment', 'turns'), [(60, [0, 0, 0]), (-1, [0, 1, 2])])
async def test_the_others_have_their_turn_after_a_moment(
    monkeypatch: pytest.MonkeyPatch, moment: float, turns: list[int]
) -> None:
    monkeypatch.setattr(fair, 'MOMENT', moment)
    listener = Listener()
    async with listener.serve() as at, raw_connection(at, '/yjs/x') as raw:
        sent = [b'one', b'two', b'three']
        raw.writer.write(b''.join(map(masked, sent)))
        assert [(await asyncio.wait_for(raw.read(), 10))[1] for _ in sent] == sent
    assert listener.at_once == sent
    assert listener.turns == turns


async def test_what_is_written_meets_the_cork(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []

    def write(transport: asyncio.WriteTransport, data: bytes) -> None:
        written.append(data)
        transport.write(data)

    monkeypatch.setattr(wire.CORK, 'write', write)
    async with Listener().serve() as at, raw_connection(at, '/yjs/x') as raw:
        assert await say(raw, masked(b'one')) == (2, b'one')
    assert written == [wire.framed(wire.BINARY, b'one')]
