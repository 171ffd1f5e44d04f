"""Replicas that should be equal and are not: found out, and the wrong one healed."""

from zlib import crc32

import pytest

from collab.document import protocol
from collab.document.digest import Digest, digest
from collab.document.protocol import RENEW, RESYNC, SAME
from collab.document.roles import Role
from collab.rooms.comparison import PATIENCE
from collab.rooms.room import Room
from tests.support.clock import Clock
from tests.support.rooms import becomes, open_room
from tests.support.store import MemoryStore
from tests.support.tab import Tab


async def typed(room: Room, *tabs: Tab) -> None:
    """Everything is durable and has arrived."""
    await room.saved()
    for _ in range(3):
        for tab in tabs:
            tab.read()
    await room.saved()


def corrupt(room: Room, start: int, end: int) -> None:
    """The live document loses text without anybody having deleted it."""
    del room.document._content[start:end]


async def test_a_page_that_holds_the_same_is_told_so_and_one_digest_serves_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with open_room(text='Zoë 🙂') as room:
        tabs = [Tab(room, f'p{number}') for number in range(20)]
        reader = Tab(room, 'reader', role=Role.VIEWER)
        await typed(room, *tabs, reader)
        tabs[0].type('!')
        await typed(room, *tabs, reader)
        made = 0
        original = room.document.digest

        def counted() -> Digest:
            nonlocal made
            made += 1
            return original()

        monkeypatch.setattr(room.document, 'digest', counted)
        assert [tab.check() for tab in [*tabs, reader]] == [[SAME]] * 21
        assert made == 1


def test_the_digest_is_what_its_specification_says() -> None:
    assert digest(b'\x00', '') == Digest(crc32(b'\x00'), 0, 0)
    assert digest(b'\x01\x07\x03', 'Zoë') == (crc32(b'\x01\x07\x03'), crc32(b'Zo\xc3\xab'), 4)
    assert digest(b'', '123456789').text == 0xCBF43926


async def test_a_page_that_lost_text_is_told_to_take_it_anew(caplog: pytest.LogCaptureFixture) -> None:
    async with open_room(text='a shared secret') as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        await typed(room, ann, bob)
        bob.corrupt(0, 3)
        assert bob.check() == []
        await becomes(lambda: bob.read() and bob.verdicts)
        assert bob.verdicts == [RENEW]
        assert bob.check() == [RENEW, RENEW]  # the document is proven already
        assert (ann.check(), room.text) == ([SAME], 'a shared secret')
        assert (
            'Document doc, update 1: a page holds another text, of 12 bytes; the server has 15.'
            in caplog.text
        )
        assert 'secret' not in caplog.text


async def test_a_server_that_lost_text_is_healed_from_its_log_and_the_page_was_right() -> None:
    store = MemoryStore()
    async with open_room(store, text='a shared text') as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        await typed(room, ann, bob)
        corrupt(room, 0, 2)
        ann.type('!')
        await typed(room, ann, bob)
        assert room.text == 'shared text!'
        assert ann.check() == []
        await becomes(lambda: ann.read() and ann.verdicts)
        assert ann.verdicts == [SAME]
        assert room.text == ann.text == bob.text == 'a shared text!'
        assert bob.check() == [SAME]
        bob.type('?')
        await typed(room, ann, bob)
        assert ann.text == room.text == 'a shared text!?'


async def test_where_only_something_is_missing_both_tell_each_other() -> None:
    async with open_room(text='text') as room:
        ann = Tab(room, 'ann')
        await typed(room, ann)
        ann._remote = True
        ann.type('kept to herself, ')
        ann._remote = False
        assert ann.check() == [RESYNC]
        await typed(room, ann)
        assert 'kept to herself' in room.text


@pytest.mark.parametrize('why', ['behind', 'not seen', 'not durable', 'broken', 'gone'])
async def test_nothing_is_compared_while_something_is_on_its_way(why: str) -> None:
    store = MemoryStore()
    async with open_room(store, text='text') as room:
        ann = Tab(room, 'ann')
        await typed(room, ann)
        ann.corrupt(0, 1)
        assert ann.peer is not None
        match why:
            case 'behind':
                ann.peer.behind = True
            case 'not seen':
                ann.seen -= 1
            case 'not durable':
                store.hold()
                room.insert(0, 'x')
            case 'broken':
                room.broken = True
            case 'gone':
                room.closed = ('gone', 'Gone.')
        ann.check()
        assert room.comparison._waiting is None
        assert ann.verdicts == []
        store.release()


async def test_a_page_that_lies_makes_the_server_read_the_log_no_more_often_than_it_has_patience() -> None:
    store, clock = MemoryStore(), Clock()
    async with open_room(store, text='text', clock=clock) as room:  # type: ignore[arg-type]
        liar = Tab(room, 'liar')
        await typed(room, liar)
        loads = store.loads
        for minute in range(3):
            for _ in range(20):
                room.insert(0, 'x')
                await typed(room, liar)
                liar.send(protocol.check(liar.seen, room.comparison.own._replace(text=1)))
                await becomes(lambda: not room.comparison._waiting)
            assert store.loads == loads + minute + 1
            clock.now += PATIENCE


async def test_typing_while_the_log_is_read_leaves_it_for_later() -> None:
    async with open_room(text='text') as room:
        ann = Tab(room, 'ann')
        await typed(room, ann)
        ann.corrupt(0, 1)
        ann.check()
        room.insert(0, 'x')
        await becomes(lambda: not room.comparison._waiting)
        ann.read()
        assert ann.verdicts == []


async def test_a_log_that_cannot_be_read_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    store = MemoryStore()
    async with open_room(store, text='text') as room:
        ann = Tab(room, 'ann')
        await typed(room, ann)
        ann.corrupt(0, 1)
        store.damage('doc')
        ann.check()
        await becomes(lambda: 'could not be compared' in caplog.text)
        assert ann.refused is None
        assert room.text == 'text'


async def test_only_our_own_pages_compare() -> None:
    async with open_room(text='text') as room:
        program = Tab(room, 'program')
        program.read()
        assert program.peer is not None
        program.peer.tells_saved = False
        program.check()
        assert program.refused is not None
        assert program.refused[0] == 'update'
