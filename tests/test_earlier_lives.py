"""Who holds a document as it was in an earlier life brings nothing back, and nobody else notices."""

from collections.abc import Awaitable, Callable

import pytest

from collab.document import protocol
from collab.document.broken import BrokenDocument
from collab.document.protocol import read_state_vector
from collab.rooms.room import Room
from tests.support import forged
from tests.support.lives import Scene, restored, scene, settled
from tests.support.rooms import becomes
from tests.support.tab import Tab


@pytest.mark.parametrize('new_life', [settled, restored])
@pytest.mark.parametrize('what', ['text', 'nothing', 'deletions'])
async def test_who_was_here_in_an_earlier_life_is_refused_and_nothing_is_merged(
    new_life: Callable[[Scene], Awaitable[None]], what: str
) -> None:
    async with scene('old') as s:
        ann, bob = await s.tab('ann'), await s.tab('bob')
        ann.type(' text')
        await ann.room.saved()
        bob.read()
        await new_life(s)
        ann.cut(), bob.cut()
        match what:
            case 'text':
                ann.type('!')
                bob.type('?')
            case 'deletions':
                ann.delete(0, 3)
                bob.delete(0, 8)
        cid = await s.tab('cid')
        for tab in (ann, bob):
            tab.room = cid.room
            tab.connect()
            assert tab.peer is not None
            assert tab.peer.refusal is not None
            assert tab.peer.refusal[0] == 'restored'
            assert 'Load it anew' in tab.peer.refusal[1]
            assert len(tab.peer.refusal[1].encode()) <= 123  # all that fits into the close of a WebSocket
            tab.cut()
        assert cid.text == cid.room.text == 'old text'
        cid.type('!')
        await s.rest([cid])
        assert cid.room.text == 'old text!'


@pytest.mark.parametrize('new_life', [settled, restored])
async def test_nobody_writes_on_under_an_id_of_an_earlier_life(
    new_life: Callable[[Scene], Awaitable[None]],
) -> None:
    async with scene('old') as s:
        ann = await s.tab('ann')
        ann.type(' text')
        await ann.room.saved()
        await new_life(s)
        cid, clock = await s.tab('ann'), read_state_vector(ann.doc.get_state())[ann.doc.client_id]
        known = read_state_vector(cid.room.document.state_vector()).get(ann.doc.client_id, 0)
        assert known in (0, clock)
        cid.point(ann.doc.client_id)
        assert (cid.room.company.presence.client_of(cid.number), cid.refused) == (None, None)
        words = forged.text('more', (ann.doc.client_id, clock - 1) if known else None)
        cid.send(protocol.update(forged.update(forged.section(ann.doc.client_id, known, words))))
        cid.read()
        assert cid.refused is not None
        assert cid.refused[0] == 'restored'
        assert cid.room.text == 'old text'


@pytest.mark.parametrize('text', ['', 'text'])
@pytest.mark.parametrize('new_life', [settled, restored])
async def test_who_came_in_the_new_life_may_go_and_come_back(
    new_life: Callable[[Scene], Awaitable[None]], text: str
) -> None:
    async with scene() as s:
        (await s.open()).insert(0, 'x')
        (await s.open()).set_text(text)
        await (await s.open()).saved()
        await new_life(s)
        reader, ann = await s.tab('reader'), await s.tab('ann')
        ann.type('!')
        await ann.room.saved()
        reader.read()
        for tab in (reader, ann):
            tab.cut()
        ann.type('?')
        room = ann.room
        await becomes(lambda: room.is_durable())
        room.close('test', 'The server restarts.')
        late = Tab(await s.open(), 'late')
        for tab in (reader, ann):
            tab.room = late.room
            tab.connect()
        await s.rest([reader, ann, late])
        assert late.room.text == f'{text}!?'


@pytest.mark.parametrize('new_life', [settled, restored])
async def test_who_only_read_in_a_new_life_in_which_nobody_wrote_may_come_back(
    new_life: Callable[[Scene], Awaitable[None]],
) -> None:
    async with scene('old') as s:
        await new_life(s)
        reader = await s.tab('reader')
        reader.cut()
        reader.connect()
        await s.rest([reader])
        assert reader.text == reader.room.text == 'old'
        assert reader.refused is None


async def test_who_wrote_before_connecting_for_the_first_time_is_let_in() -> None:
    async with scene('old') as s:
        await settled(s)
        new = Tab(await s.open(), 'new')
        new.cut()  # before it has read anything
        new.type('mine, ')
        new.connect()
        await s.rest([new])
        assert sorted(new.room.text) == sorted('mine, old')


async def test_a_life_that_cannot_be_marked_is_opened_by_the_next_who_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_room: Room) -> None:
        raise BrokenDocument('no')

    async with scene('old') as s:
        ann = await s.tab('ann')
        with monkeypatch.context() as patch:
            patch.setattr(Room, 'mark_life', fail)
            await restored(s)
            ann.cut()
            with pytest.raises(BrokenDocument):
                await s.open()
        assert (await s.tab('bob')).text == 'old'
