"""The shortest way to a reader: framed once, in order, and never past what waits already."""

import asyncio

import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side, State

from collab.document import protocol
from collab.document.people import guest
from collab.rooms import company, journal, wire
from collab.rooms import peer as peer_module
from collab.rooms.peer import Peer
from tests.support.rooms import open_room
from tests.support.tab import Tab


def parsed(data: bytes) -> Frame:
    """What a client makes of it."""
    client = Protocol(Side.CLIENT, state=State.OPEN, max_size=None)
    client.receive_data(data)
    (frame,) = client.events_received()
    assert isinstance(frame, Frame)
    return frame


@pytest.mark.parametrize('size', [0, 1, 125, 126, 65_535, 65_536, 100_000])
def test_a_client_reads_the_message_that_was_framed(size: int) -> None:
    message = bytes(range(256)) * (size // 256 + 1)
    frame = parsed(wire.framed(wire.BINARY, message[:size]))
    assert (frame.opcode, frame.fin, frame.data) == (Opcode.BINARY, True, message[:size])
    assert parsed(wire.framed(wire.TEXT, b'hello')).opcode is Opcode.TEXT


def test_a_message_for_many_is_framed_once_and_a_large_one_not_kept() -> None:
    last = wire.Last()
    message, large = bytes(100), bytes(wire.SMALL + 1)
    first = last.frame(message)
    assert last.frame(large) is not last.frame(large)
    assert last.frame(message) is first
    assert parsed(last.frame(b'other')).data == b'other'


class Socket(asyncio.WriteTransport):
    """Remembers each visit to the network; or has just ended."""

    def __init__(self, *, is_over: bool = False) -> None:
        super().__init__()
        self.visits: list[bytes] = []
        self.is_aborted = False
        self._is_over = is_over

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._is_over:
            raise RuntimeError('the handler is closed')
        self.visits.append(bytes(data))

    def abort(self) -> None:
        self.is_aborted = True


def test_what_goes_to_a_reader_at_the_same_time_goes_in_one_visit() -> None:
    cork, ann, bob, gone = wire.Cork(), Socket(), Socket(), Socket(is_over=True)
    cork.write(ann, b'1')
    with cork:
        for reader in (gone, ann, bob):
            cork.write(reader, b'2')
        cork.write(ann, b'3')
        assert ann.visits == [b'1']
    cork.write(bob, b'4')
    assert (ann.visits, bob.visits) == ([b'1', b'23'], [b'2', b'4'])
    assert (gone.is_aborted, ann.is_aborted) == (True, False)


def test_a_whole_text_is_not_held_back_but_keeps_its_place() -> None:
    cork, ann, bob, text = wire.Cork(), Socket(), Socket(), bytes(wire.SMALL + 1)
    with cork:
        cork.write(ann, text)
        assert ann.visits == [text]
        cork.write(bob, b'before')
        cork.write(bob, text)
        assert bob.visits == []
    assert bob.visits == [b'before' + text]


def test_one_cork_in_another_is_a_mistake() -> None:
    cork = wire.Cork()
    with cork, pytest.raises(AssertionError):
        cork.__enter__()


@pytest.mark.parametrize(('along', 'cursors'), [(3600, 1), (0, 0)])
async def test_a_commit_and_the_cursors_with_it_are_one_visit(
    along: float, cursors: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company, 'PRESENCE_PAUSE', 3000)
    monkeypatch.setattr(company, 'TAKEN_ALONG', along)
    async with open_room() as room:
        ann, bob, socket = Tab(room, 'ann'), Tab(room, 'bob'), Socket()
        ann.read(), bob.read()
        assert bob.peer is not None
        sent: list[bytes] = []

        def at_once(frame: bytes) -> bool:
            sent.append(frame)
            wire.CORK.write(socket, frame)
            return True

        bob.peer.send_at_once = at_once
        ann.type('x')
        ann.point()
        await room.saved()
        assert [frame[:1] for frame in sent] == [b'\x00', protocol.PRESENCE][: 1 + cursors]
        assert socket.visits == [b''.join(sent)]


def test_what_was_held_back_goes_even_after_a_failure() -> None:
    cork, ann = wire.Cork(), Socket()

    def fails() -> None:
        with cork:
            cork.write(ann, b'1')
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert ann.visits == [b'1']


class Line:
    """A transport that takes frames at once as long as it has room."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.sent: list[bytes] = []

    def send(self, frame: bytes) -> bool:
        if self.room:
            self.room -= 1
            self.sent.append(frame)
            return True
        return False


async def test_nothing_overtakes_what_had_to_wait() -> None:
    peer, line = Peer(guest('ann'), author='ann'), Line(room=2)
    peer.send_at_once = line.send
    for frame in (b'1', b'2', b'3'):
        peer.offer(frame)
    line.room = 9
    peer.offer(b'4')
    waited = await peer.frames()
    peer.offer(b'5')
    assert (line.sent, waited) == ([b'1', b'2'], [b'3', b'4'])
    waited = await peer.frames()
    assert (line.sent, waited) == ([b'1', b'2'], [b'5'])
    more = asyncio.create_task(peer.frames())
    await asyncio.sleep(0)
    peer.offer(b'6')
    assert line.sent == [b'1', b'2', b'6']
    peer.close()
    assert await more == []


async def test_a_slow_reader_falls_behind_as_without_a_shortcut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_module, 'OUTBOX_BYTES', 10)
    peer, line = Peer(guest('ann'), author='ann'), Line(room=0)
    peer.send_at_once = line.send
    for _ in range(5):
        peer.offer(b'12345')
    assert peer.fell_behind
    assert await peer.frames() == []


async def test_a_crowd_gets_fewer_and_larger_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, 'rest_after', lambda showing: 3600 * (showing > 0))
    async with open_room() as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        ann.read(), bob.read()
        ann.type('a')
        await room.saved()
        for letter in 'bcd':
            ann.type(letter)
            await asyncio.sleep(0.001)
        bob.read()
        assert bob.text == 'a'
        assert room._journal.commits == 1


@pytest.mark.parametrize(
    ('showing', 'rest'),
    [(0.0, 0.0), (0.001, 0.0), (0.0015, 0.001), (0.003, 0.004), (0.02, 0.005), (0.101, 0.025)],
)
def test_the_longer_it_takes_to_show_the_longer_is_the_rest(showing: float, rest: float) -> None:
    assert journal.rest_after(showing) == pytest.approx(rest)


async def test_a_transport_that_fails_costs_nobody_else_a_frame() -> None:
    def fails(frame: bytes) -> bool:
        raise RuntimeError('the handler is closed')

    async with open_room() as room:
        ann, cy, bob = (Tab(room, name) for name in ('ann', 'cy', 'bob'))
        for tab in (ann, cy, bob):
            tab.read()
        assert cy.peer is not None
        cy.peer.send_at_once = fails
        ann.type('a')
        await room.saved()
        for tab in (ann, cy, bob):
            tab.read()
        assert ann.text == bob.text == cy.text == 'a'
        cy.peer.send_at_once = fails
        room.company.trouble(True)
        assert not room._journal._task.done()  # type: ignore[union-attr]
