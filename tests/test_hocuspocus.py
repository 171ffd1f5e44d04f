"""Hocuspocus' protocol: another way to say the same, and receipts for what is in the database."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Doc, Text
from websockets.exceptions import ConnectionClosed

from collab.document import protocol
from collab.document.lib0 import Reader, var_string
from collab.document.people import guest
from collab.document.protocol import AwarenessEntry
from collab.document.roles import Role
from collab.rooms.room import Room
from collab.web.hocuspocus import HocuspocusPeer
from tests.support.hocuspocus import ADMITTED, AUTH, LEAVE, RECEIPT, STATELESS, TOKEN, Editor, editor, settled
from tests.support.programs import program, server
from tests.support.rooms import becomes, open_room
from tests.support.store import MemoryStore
from tests.support.tab import Tab


async def test_it_writes_in_one_document_with_a_page_and_a_program() -> None:
    async with server() as (address, hub):
        await hub.create('Doc', document_id='doc', text='Start. ')
        async with hub.open('doc') as room, program(address) as other, settled(address) as one:
            page = Tab(room)
            page.read()
            assert (str(one.text), one.heard[1]) == ('Start. ', ADMITTED)
            other += 'Program. '
            while 'Program' not in str(one.text):
                one.doc.apply_update(Reader((await one.hear())[2:]).read_bytes())
            await one.type('Editor. ')
            await becomes(lambda: 'Editor' in str(other))
            page.read()
            page.type('Page. ')
            await becomes(lambda: str(other) == room.text == 'Start. Program. Editor. Page. ')
            while 'Page' not in str(one.text):
                if (frame := await one.hear()).startswith(b'\x00'):
                    one.doc.apply_update(Reader(frame[2:]).read_bytes())


async def test_a_receipt_means_that_it_is_in_the_database() -> None:
    store = MemoryStore()
    async with server(store) as (address, hub):
        await hub.create('Doc', document_id='doc')
        async with settled(address) as one:
            store.hold()
            await one.type('a')
            await one.type('b')
            await becomes(lambda: (room := hub.room('doc')) and room.text == 'ab')
            await one.say(TOKEN)  # whatever came before its answer came without a commit
            assert RECEIPT not in await one.until(ADMITTED)
            store.release()
            await one.until(RECEIPT)
            assert len(store.documents['doc'].log) >= 1
            await one.until(RECEIPT)
            await one.say(TOKEN)
            assert RECEIPT not in await one.until(ADMITTED)


async def receipts_of(one: Editor, text: str, room: Room) -> int:
    """How many it gets from now on, once all of the text is stored."""
    await becomes(lambda: room.text == text and room.is_durable())
    await one.say(TOKEN)  # the second one is not answered
    await one.say(TOKEN)
    before = await one.until(ADMITTED)
    return before.count(RECEIPT)


async def test_what_was_typed_while_away_gets_no_receipts_of_its_own() -> None:
    async with server() as (address, hub):
        await hub.create('Doc', document_id='doc')
        doc: Doc[Text] = Doc()
        async with hub.open('doc') as room, editor(address, doc=doc) as one:
            one.text += 'away'
            away = one.update
            await one.ask()
            await one.say(protocol.update(away))  # waited in the provider, which does not count it
            await one.say(TOKEN)
            await one.type(' back')
            await one.answer()
            assert await receipts_of(one, 'away back', room) == 2  # for ' back', and for the answer


async def test_a_provider_that_comes_late_to_its_socket_gets_a_receipt_for_everything() -> None:
    async with server() as (address, hub):
        await hub.create('Doc', document_id='doc')
        async with hub.open('doc') as room, editor(address) as one:
            await one.ask()  # it was not there to repeat its token
            await one.type('a')
            await one.type('b')
            await one.answer()
            await one.type('c')
            assert await receipts_of(one, 'abc', room) == 4


async def test_who_begins_to_count_anew_gets_no_receipts_for_what_came_before() -> None:
    store = MemoryStore()
    async with server(store) as (address, hub):
        await hub.create('Doc', document_id='doc')
        async with hub.open('doc') as room, settled(address) as one:
            store.hold()
            await one.type('a')
            await becomes(lambda: room.text == 'a')
            await one.say(protocol.step1(one.doc.get_state()))  # forceSync: its count is 1 again
            await one.say(TOKEN)
            await one.until(ADMITTED)
            store.release()
            await one.answer()
            assert await receipts_of(one, 'a', room) == 1


async def test_who_asks_for_the_text_twice_gets_one_receipt() -> None:
    async with server() as (address, hub):
        await hub.create('Doc', document_id='doc')
        async with hub.open('doc') as room, settled(address) as one:
            for _ in range(2):
                await one.say(protocol.step1(one.doc.get_state()))
            await one.answer()
            await one.answer()
            assert await receipts_of(one, '', room) == 1


async def test_what_is_asked_for_twice_is_not_counted_twice() -> None:
    async with server() as (address, hub):
        await hub.create('Doc', document_id='doc')
        async with hub.open('doc') as room, settled(address) as one:
            one.text += 'lost '
            await one.type('found')
            await one.answer()  # to the question for what was lost
            assert await receipts_of(one, 'lost found', room) == 1


@pytest.mark.parametrize('name', ['other', 'doc\0abc'])
async def test_another_document_on_the_same_socket_is_denied_with_words(name: str) -> None:
    async with server() as (address, hub), editor(address, name) as other:
        await other.ask()
        answer = await other.hear()
        assert answer.startswith(AUTH + b'\x01')
        assert b'for the document doc alone' in answer
        await other.type('not for doc')
        other.head = var_string('doc')
        await other.ask()
        assert await other.hear() == ADMITTED  # the connection stays
        room = hub.room('doc')
        assert room is not None
        assert room.text == ''


@pytest.mark.parametrize(
    'nonsense',
    [
        b'',
        b'\x03doc',
        b'\x03doc\x00\x02',
        b'\x03doc\x04' + protocol.step1(b'\x00')[1:],
        b'\x03doc\x06\x00',
        b'\x03doc\x0a',
        b'\x03doc\x64\x05',
        b'\x03doc\x02\x01\x00',
        b'\x03doc\x02\x00\x05abc',
        b'\x03doc\x02\x00\x00\x00\x00',
        b'\x03doc\x05\x01a\x00',
        b'\x03doc\x07\x00',
        b'\x09',
        b'\x03\xff\xff\xff\x02\x00\x00',
        b'\xff' * 1000,
        var_string('x' * 257) + TOKEN,
        'text instead of bytes',
    ],
)
async def test_nonsense_closes_the_connection_of_its_sender_only(nonsense: bytes | str) -> None:
    async with server() as (address, hub), program(address) as text, editor(address) as mallory:
        await mallory.socket.send(nonsense)
        with pytest.raises(ConnectionClosed):
            await mallory.hear()
        text += 'undisturbed'
        await becomes(lambda: (room := hub.room('doc')) and room.text == 'undisturbed')


@given(data=st.binary(max_size=40) | st.binary(max_size=40).map(lambda rest: b'\x03doc' + rest))
def test_no_bytes_do_more_than_end_their_connection(data: bytes) -> None:
    async def story() -> None:
        async with open_room() as room:
            peer = HocuspocusPeer(guest('mallory'), author='anyone', room=room)
            hear = peer.begin(room.join(peer))
            assert hear(data) < 1
            page = Tab(room)
            page.read()
            page.type('hello')
            await room.saved()
            assert room.text.endswith('hello')

    asyncio.run(story())


async def test_who_leaves_says_so_and_the_connection_ends_well() -> None:
    async with server() as (address, hub), settled(address) as one:
        await one.say(STATELESS + b'\x02hi')  # for a server's own programs: nobody hears it
        await one.say(LEAVE)
        with pytest.raises(ConnectionClosed) as closed:
            await one.hear()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1000
        await becomes(lambda: hub.room('doc') is None)


async def test_it_sees_the_others_and_they_see_it() -> None:
    async with server() as (address, hub), settled(address) as one, hub.open('doc') as room:
        page = Tab(room)
        await one.say(protocol.awareness([AwarenessEntry(one.doc.client_id, 1, '{"user":{"name":"Grace"}}')]))
        await becomes(lambda: 'Grace' in [person.name for person in room.people()])
        page.point()
        while not (frame := await one.hear()).startswith(b'\x01') or page.person.name.encode() not in frame:
            pass
        await one.say(b'\x03')  # asks for all of it once more
        assert page.person.name.encode() in await one.hear()


async def test_who_may_only_read_is_told_so() -> None:
    async with open_room() as room:
        peer = HocuspocusPeer(guest('reader'), author='reader', room=room)
        peer.role = Role.VIEWER
        hear = peer.begin(room.join(peer))
        assert hear(b'\x03doc' + TOKEN) == 0.0
        assert peer.take()[1] == b'\x03doc' + AUTH + b'\x02' + var_string('readonly')


async def test_the_trouble_of_the_store_is_nothing_this_protocol_could_tell() -> None:
    async with open_room() as room:
        peer = HocuspocusPeer(guest('ann'), author='ann', room=room)
        room.join(peer)
        room.company.trouble(True)
        assert peer.take() == []


async def test_a_message_for_all_is_made_once() -> None:
    async with open_room() as room:
        peers = [HocuspocusPeer(guest(name), author=name, room=room) for name in 'ab']
        frame = protocol.update(b'\x00\x00')
        for peer in peers:
            peer.offer(frame)
        assert peers[0].take()[0] is peers[1].take()[0]


async def test_a_flood_of_tokens_makes_its_sender_wait_and_is_not_kept() -> None:
    async with open_room() as room:
        now = room.allowances.clock()
        room.allowances.clock = lambda: now  # all of it in one moment
        peer = HocuspocusPeer(guest('mallory'), author='anyone', room=room)
        hear = peer.begin(room.join(peer))
        waits = [hear(b'\x05other' + TOKEN) for _ in range(41_000)]
        assert waits[0] == 0.0 < waits[-1]
        assert sum(map(len, peer.take())) < 5_000_000
