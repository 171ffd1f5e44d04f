"""A document that cannot be merged alike everywhere is put in order."""

import asyncio

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from collab.document import protocol
from collab.document.broken import Ambiguous, BrokenDocument
from collab.document.change import Change
from collab.document.protocol import RENEW, SAME, read_state_vector
from collab.document.roles import Role
from collab.document.shared import SharedDocument
from collab.document.summary import proven_snapshot
from collab.rooms import healing, tail
from collab.rooms import room as room_module
from collab.rooms.healing import BELIEF
from collab.rooms.ports import Record, RestoredDocument, SettledDocument
from collab.rooms.room import RESTORED, SETTLED
from tests.support import forged
from tests.support.lives import LIES, Scene, fresh, scene
from tests.support.rooms import becomes, open_hub, until
from tests.support.store import MemoryStore
from tests.support.tab import Tab


async def test_a_page_that_loads_another_text_has_the_document_put_in_order() -> None:
    async with scene() as s:
        ann = await s.tab('ann')
        await s.lie(ann)
        room, bob = ann.room, await s.tab('bob')
        assert (room.text, bob.text) == ('aefgbcd', 'abcdefg')
        assert bob.check() == []
        await becomes(lambda: room.closed)
        for tab in (ann, bob):
            tab.read()
            assert tab.refused == SETTLED
        kept = s.store.documents['doc']
        assert (len(kept.log), kept.base) == (4, 3)
        tabs = [await s.tab(name) for name in ('ann', 'bob', 'cid')]
        assert tabs[0].room is not room
        tabs[0].type('!')
        await s.rest(tabs)
        assert {tab.text for tab in tabs} == {'aefgbcd!', fresh(tabs[0].room)}


async def test_a_document_at_rest_is_put_in_order_before_anybody_is_wrong() -> None:
    async with scene() as s:
        ann = await s.tab('ann')
        await s.lie(ann)
        for update in LIES:
            ann.hear(update)
        await s.idle()
        assert ann.text == ann.room.text == 'aefgbcd'
        assert ann.check() == [SAME]
        await becomes(lambda: ann.room.closed)
        assert ann.room.closed == SETTLED


async def test_documents_that_nobody_doubts_take_a_twentieth_of_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with scene('text') as s:
        ann = await s.tab()
        load, loads = s.store.load, s.store.loads

        async def slow(document_id: str) -> object:
            s.clock.now += 2
            return await load(document_id)

        monkeypatch.setattr(s.store, 'load', slow)
        for _ in range(3):
            ann.check()
            await s.idle()
        assert s.store.loads == loads + 1  # once after each change is enough
        for passed, more in ((39, 1), (1, 2)):
            ann.type('!')
            await ann.room.saved()
            ann.read()
            s.clock.now += passed
            ann.check()
            await s.idle()
            assert s.store.loads == loads + more


async def test_a_document_that_no_snapshot_can_hold_is_put_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, 'ROWS', 4)
    async with scene() as s:
        ann = await s.tab('ann')
        await s.lie(ann)
        ann.room.insert(0, 'x')
        await becomes(lambda: ann.room.closed)
        assert ann.room.closed == SETTLED
        room = await s.open()
        assert room.text == fresh(room) == 'xaefgbcd'
        for _ in range(4):
            room.insert(0, 'y')
            await room.saved()
        await becomes(lambda: s.store.documents['doc'].snapshots)


async def test_a_document_is_put_in_order_when_the_last_one_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene() as s:
        async with s.hub.open('doc') as room:
            ann = Tab(room)
            await until(lambda: ann.read() or ann.synced)
            await s.lie(ann)
            monkeypatch.setattr(tail, 'ROWS', 2)
        await becomes(lambda: s.hub.room('doc') is None)
        again = await s.open()
        assert again.text == fresh(again) == 'aefgbcd'
        assert s.store.documents['doc'].base == 3


async def test_a_page_that_loaded_all_anew_in_vain_is_believed_but_not_often(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with scene('a secret text') as s:

        async def claims(tab: Tab) -> list[int]:
            tab.send(protocol.check(tab.seen, tab.room.comparison.own._replace(text=1)))
            await s.idle()
            tab.read()
            return tab.verdicts

        async def in_vain(**options: Role) -> Tab:
            assert await claims(await s.tab(**options)) == [RENEW]
            tab = await s.tab(**options)
            await claims(tab)
            return tab

        liar = await in_vain()
        assert (liar.room.closed, liar.refused) == (SETTLED, SETTLED)
        assert 'Document doc, update 1: a page makes another text of it, of 13 bytes; the server has 13.' in (
            caplog.messages
        )
        assert 'secret' not in caplog.text
        assert (await in_vain()).verdicts == [RENEW]
        s.clock.now += BELIEF
        assert (await in_vain(role=Role.VIEWER)).verdicts == [RENEW]
        liar = await s.tab()
        liar.room.insert(0, 'x')
        await liar.room.saved()
        liar.read()
        assert await claims(liar) == [RENEW]  # it may have missed only that
        assert await claims(liar) == [RENEW, RENEW]
        await claims(liar := await s.tab())
        assert liar.room.closed == SETTLED


async def test_what_is_typed_while_it_is_put_in_order_stays_with_its_author() -> None:
    async with scene('text') as s:
        ann, gate = await s.tab('ann'), asyncio.Event()
        begin_life = s.store.begin_life

        async def slow(record: Record) -> None:
            await gate.wait()
            await begin_life(record)

        s.store.begin_life = slow  # type: ignore[method-assign]
        ann.type('!')
        s.hub.healing.put_in_order(ann.room)
        await until(lambda: ann.room.broken)
        assert ann.room.text == 'text!'
        ann.type('?')
        with pytest.raises(PermissionError):
            ann.room.insert(0, 'x')
        gate.set()
        await until(lambda: ann.room.closed)
        ann.read()
        assert (ann.saved, ann.sent, ann.refused) == (ann.sent - 1, ann.sent, SETTLED)
        assert (await s.open()).text == 'text!'
        await ann.room.saved()  # all that was taken in


async def fails(s: Scene, error: Exception) -> Tab:
    """Ann types while her document is put in order, which fails."""
    ann, gate = await s.tab('ann'), asyncio.Event()

    async def fail(_record: Record) -> None:
        await gate.wait()
        raise error

    s.store.begin_life = fail  # type: ignore[method-assign]
    s.hub.healing.put_in_order(ann.room)
    await until(lambda: ann.room.broken)
    ann.type('!')
    gate.set()
    await s.idle()
    return ann


async def test_a_document_that_cannot_be_put_in_order_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    async with scene('text') as s:
        ann = await fails(s, OSError('disk full'))
        assert 'goes on as it is' in caplog.text
        ann.read()
        await ann.room.saved()
        ann.read()
        assert ann.all_saved()
        assert ann.room.text == 'text!'


async def test_a_document_that_was_restored_meanwhile_says_so() -> None:
    async with scene('text') as s:
        ann = await fails(s, RestoredDocument('doc'))
        assert ann.room.closed == RESTORED


async def test_what_is_closed_or_built_anew_is_not_put_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene('text') as s:
        room, epoch = await s.open(), s.store.documents['doc'].epoch
        room.broken = True
        await s.hub.healing.settle(room)
        room.broken = False
        room.close('gone', 'Gone.')
        await s.hub.healing.settle(room)
        assert s.store.documents['doc'].epoch == epoch
        s.hub.healing.prove(room)
        await s.idle()
        assert room.closed == ('gone', 'Gone.')


def test_a_document_whose_snapshot_cannot_be_read_is_ambiguous(monkeypatch: pytest.MonkeyPatch) -> None:
    for unreadable in (b'\x01\x01', forged.update(forged.section(7, 0, forged.text('x', (8, 0))))):
        document = SharedDocument()
        monkeypatch.setattr(document, 'snapshot', lambda unreadable=unreadable: unreadable)
        with pytest.raises(Ambiguous):
            proven_snapshot(document)
        document.close()
    assert issubclass(Ambiguous, BrokenDocument)


def test_the_reason_is_told() -> None:
    assert str(SettledDocument('doc')) == "The document 'doc' was put in order."
    assert SETTLED[0] == RESTORED[0] == 'restored'  # what makes pages load it anew


PLACES = st.one_of(st.none(), st.integers(0, 40), st.integers(0, 40))
STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        PLACES,
        PLACES,
        st.text(st.sampled_from('abc🙂'), min_size=1, max_size=4),
        st.booleans(),
        st.booleans(),
    ),
    min_size=2,
    max_size=14,
)


@given(STEPS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_forged_and_let_in_all_agree_in_the_end_and_can_go_on(steps) -> None:  # type: ignore[no-untyped-def]
    async def story() -> None:
        async with scene() as s:
            tabs = [await s.tab(f'tab {at}') for at in range(3)]
            clocks = [0, 0, 0]
            for who, *beside, words, deletes, commits in steps:
                units = [(1000 + at, clock) for at in range(3) for clock in range(clocks[at])]
                left, right = (None if at is None or not units else units[at % len(units)] for at in beside)
                gone = [forged.deletions(1000 + who, (0, 1))] if deletes and clocks[who] else []
                made = forged.update(
                    forged.section(1000 + who, clocks[who], forged.text(words, left, right)), deletes=gone
                )
                edits = tabs[who].room.edits
                tabs[who].send(protocol.update(made))
                if tabs[who].room.edits > edits:
                    clocks[who] += len(words.encode('utf-16-le')) // 2
                    tabs[who].hear(made)
                elif tabs[who].peer is not None and tabs[who].peer.refusal:
                    tabs[who].cut()
                    tabs[who] = await s.tab(f'tab {who}')
                if commits:
                    await tabs[who].room.saved()
                    tabs[(who + 1) % 3].read()
            tabs.append(await s.tab('late'))
            await s.rest(tabs)
            event(f'put in order: {s.store.documents["doc"].base > 0}')
            text = tabs[0].room.text
            assert {tab.text for tab in tabs} == {text} == {fresh(tabs[0].room)}
            tabs[0].type('!')
            await s.rest(tabs)
            assert {tab.text for tab in tabs} == {tabs[0].room.text}
            # What cannot be seen, deleted letters, may stand elsewhere; then a letter moves, but is not lost.
            assert sorted(tabs[0].room.text) == sorted(text + '!')

    asyncio.run(story())


async def test_a_document_that_very_many_tabs_wrote_in_begins_anew_when_nobody_is_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(healing, 'MOST_WRITERS', 5)
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc', text='Zoë 🙂 ')
        for number in range(5):
            async with hub.open('doc') as room:
                tab = Tab(room)
                tab.read()
                tab.type(str(number))
                assert room.document.writers == number + 2
                tab.cut()
            await becomes(lambda: hub.room('doc') is None)
        kept = store.documents['doc']
        assert (len(kept.log), kept.base) == (7, 6)
        async with hub.open('doc') as room:
            assert room.text == 'Zoë 🙂 01234'
            assert room.document.writers <= 2
            tab.room = room
            tab.connect()
            assert tab.peer is not None
            assert tab.peer.refusal is not None
            assert tab.peer.refusal[0] == 'restored'


async def test_a_document_whose_text_was_nearly_all_deleted_begins_anew_when_nobody_is_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(healing, 'MOST_HISTORY', 900)
    monkeypatch.setattr(tail, 'LAST_BYTES', 0)
    store = MemoryStore()
    async with open_hub(store) as hub:

        async def write_and_delete(name: str) -> Tab:
            async with hub.open(name) as room:
                tab = Tab(room)
                tab.read()
                for _ in range(20):
                    tab.type('x', 0)  # from right to left, so that their places cannot be told together
                tab.delete(0, 20)
                await room.saved()
                tab.cut()
            await becomes(lambda: hub.room(name) is None)
            return tab

        await hub.create(document_id='doc', text='Zoë 🙂')
        await hub.create(document_id='long', text='Zoë 🙂' * 100)
        times = 0
        while store.documents['doc'].base == 0 and times < 9:
            times += 1
            tab = await write_and_delete('doc')
            await write_and_delete('long')
        assert 2 < times < 9
        assert store.documents['long'].base == 0
        rows = len(store.documents['doc'].log)
        async with hub.open('doc') as room:
            assert room.text == 'Zoë 🙂'
            tab.room = room
            tab.connect()
            assert tab.peer is not None
            assert tab.peer.refusal is not None
            assert tab.peer.refusal[0] == 'restored'
        await becomes(lambda: hub.room('doc') is None)
        assert (len(store.documents['doc'].log), store.documents['doc'].base) == (rows, rows - 1)


async def test_a_text_that_was_just_deleted_is_no_long_past(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(healing, 'MOST_HISTORY', 900)
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc', text='Zoë 🙂' * 5_000)
        for change in (Change(0, 0, 'and '), Change(0, 25_004, '')):
            async with hub.open('doc') as room:
                room.edit([change])
                await room.saved()
            await becomes(lambda: hub.room('doc') is None)
        assert store.documents['doc'].base == 0


async def test_who_comes_back_at_once_is_not_disturbed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(healing, 'MOST_WRITERS', 0)
    store = MemoryStore()
    async with open_hub(store, linger=0.05) as hub:
        await hub.create(document_id='doc', text='text')
        async with hub.open('doc') as before:
            pass
        await asyncio.sleep(0.01)
        async with hub.open('doc') as room:
            assert room is before
            closing = hub._open['doc'].closing
            assert closing is not None
            await asyncio.wait([closing])
            assert not room.closed
            assert store.documents['doc'].base == 0
        await becomes(lambda: hub.room('doc') is None)
        assert store.documents['doc'].base > 0


async def test_a_document_of_too_many_client_ids_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene() as s:
        ann = await s.tab('ann')
        monkeypatch.setattr(room_module, 'MOST_WRITERS', 50)
        for first in range(0, 60, 20):
            ids = range(1_000 + first, 1_020 + first)
            sections = (forged.section(client, 0, forged.text('x')) for client in ids)
            ann.send(protocol.update(forged.update(*sections)))
            await ann.room.saved()
        await becomes(lambda: ann.room.closed)
        assert ann.room.closed == SETTLED
        bob = await s.tab('bob')
        assert bob.text == 'x' * 60
        assert len(read_state_vector(bob.room.document.state_vector())) == 1
