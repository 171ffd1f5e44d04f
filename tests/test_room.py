"""One open document and everyone in it: what each may count on."""

import asyncio

import pytest

from collab.document import protocol
from collab.document.broken import BrokenDocument
from collab.document.change import Change
from collab.document.people import Person
from collab.document.roles import Role
from collab.document.shared import SharedDocument
from collab.rooms import company, ownership
from collab.rooms import peer as peer_module
from collab.rooms.peer import MOST_QUESTIONS
from collab.rooms.ports import DamagedDocument, Record
from collab.rooms.snapshots import rebuild
from collab.rooms.watching import Happening
from tests.support.rooms import becomes, open_hub, open_room, presence_shown, until
from tests.support.store import MemoryStore
from tests.support.tab import Tab


async def test_a_keystroke_reaches_the_other_tab_and_the_store() -> None:
    store = MemoryStore()
    async with open_room(store) as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        ann.read(), bob.read()
        ann.type('h')
        await room.saved()
        bob.read()
        assert bob.text == 'h'
        assert len(store.documents['doc'].log) == 1
        assert store.documents['doc'].log[0].author == 'ann'


async def test_nobody_sees_an_edit_before_it_is_durable() -> None:
    store = MemoryStore()
    async with open_room(store) as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        ann.read(), bob.read()
        store.hold()
        ann.type('secret')
        late = Tab(room, 'late')
        for _ in range(20):
            await asyncio.sleep(0)
        ann.read(), bob.read(), late.read()
        assert (bob.text, late.text, late.synced) == ('', '', False)
        assert not ann.all_saved()
        store.release()
        await room.saved()
        ann.read(), bob.read(), late.read()
        assert (bob.text, late.text, late.synced) == ('secret', 'secret', True)
        assert ann.all_saved()


async def test_who_joins_between_two_commits_misses_nothing() -> None:
    store = MemoryStore()
    async with open_room(store) as room:
        ann = Tab(room, 'ann')
        ann.read()
        store.hold()
        ann.type('one ')
        await until(lambda: room.edits == 1)
        await asyncio.sleep(0)
        late = Tab(room, 'late')
        ann.type('two ')
        store.release()
        await room.saved()
        late.read()
        assert late.text == 'one two '


async def test_who_asks_for_the_text_again_and_again_is_kept_one_copy() -> None:
    store = MemoryStore()
    async with open_room(store, text='x' * 1000) as room:
        store.hold()
        room.insert(0, 'y')
        impatient = Tab(room, 'impatient')
        for _ in range(300):
            impatient.send(protocol.step1(b'\x00'))
        assert len(room.delivery._texts) == 1
        gone = Tab(room, 'gone')
        gone.cut()
        assert len(room.delivery._texts) == 1
        store.release()
        await room.saved()
        impatient.read()
        assert impatient.text == 'y' + 'x' * 1000


async def test_the_author_is_not_sent_its_own_edit_and_hears_that_it_is_saved() -> None:
    async with open_room() as room:
        ann = Tab(room, 'ann')
        ann.read()
        await room.saved()
        ann.read()
        assert ann.all_saved()
        before = ann.frames_read
        ann.type('x')
        assert not ann.all_saved()
        await room.saved()
        ann.read()
        assert ann.all_saved()
        assert ann.frames_read == before + 1  # the word 'saved', nothing else


async def test_many_edits_become_one_commit_and_one_frame() -> None:
    store = MemoryStore()
    async with open_room(store) as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        ann.read(), bob.read()
        await room.saved()
        commits = store.commits
        for letter in 'abcdefghij':
            ann.type(letter)
        await room.saved()
        assert store.commits == commits + 1
        assert bob.read() == 1
        assert bob.text == 'abcdefghij'


async def test_concurrent_edits_of_two_tabs_merge() -> None:
    async with open_room(text='hello world') as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        ann.read(), bob.read()
        ann.type('big ', at=6)
        bob.type('!', at=11)
        bob.delete(0, 1)
        await room.saved()
        ann.read(), bob.read()
        assert ann.text == bob.text == room.text == 'ello big world!'


async def test_a_tab_that_comes_back_gets_and_gives_only_what_was_missed() -> None:
    async with open_room(text='start ' * 1000) as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        ann.read(), bob.read()
        ann.cut()
        ann.type('offline ')
        bob.type('meanwhile ')
        await room.saved()
        ann.connect()
        assert ann.peer is not None
        size = sum(len(frame) for frame in ann.peer._outbox)
        ann.read()
        await room.saved()
        ann.read(), bob.read()
        assert ann.text == bob.text == room.text
        assert 'offline' in ann.text
        assert 'meanwhile' in ann.text
        assert size < 500
        assert ann.all_saved()


async def test_a_lost_frame_is_asked_for_and_nothing_counts_as_saved_until_it_came() -> None:
    async with open_room() as room:
        ann = Tab(room, 'ann')
        ann.read()
        send, held = ann.send, []
        ann.send = held.append  # type: ignore[method-assign]
        ann.type('first ')
        ann.type('second')
        ann.send = send  # type: ignore[method-assign]
        send(held[1])
        assert room.text == ''
        send(held[0])
        await room.saved()
        assert room.text == 'first '
        assert ann.peer is not None
        assert not any(frame[0] == protocol.SAVED for frame in ann.peer._outbox)
        ann.read()  # the server's question, which is answered at once
        await room.saved()
        ann.read()
        assert room.text == 'first second'
        assert ann.all_saved()


async def test_who_never_has_what_is_missing_is_given_up_and_not_asked_for_ever() -> None:
    async with open_room() as room:
        mallory = Tab(room, 'mallory')
        mallory.read()
        gap = b'\x01\x01\x07\x05\x04\x01\x07content\x01x\x00'  # begins at clock 5
        for _ in range(50):
            mallory.send(protocol.update(gap))
        assert mallory.peer is not None
        assert len(mallory.peer.take()) == 1
        for _ in range(MOST_QUESTIONS):
            mallory.send(protocol.step2(gap))
        assert mallory.peer.refusal is not None
        assert room.text == ''


async def test_python_code_edits_through_the_same_door() -> None:
    store = MemoryStore()
    async with open_room(store, text='one three') as room:
        ann = Tab(room, 'ann')
        ann.read()
        room.insert(4, 'two ', author='bot')
        room.replace(0, 3, 'ONE')
        room.delete(8, 13)
        room.set_text('ONE two 🙂')
        await room.saved()
        ann.read()
        assert ann.text == room.text == 'ONE two 🙂'
        assert [record.author for record in store.documents['doc'].log[1:]] == ['bot', *['python'] * 3]


async def test_an_edit_that_changes_nothing_is_not_stored() -> None:
    store = MemoryStore()
    async with open_room(store, text='same') as room:
        room.set_text('same')
        await room.saved()
        assert len(store.documents['doc'].log) == 1


async def test_a_document_does_not_grow_beyond_its_limit() -> None:
    async with open_room(limit=10) as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        ann.read(), bob.read()
        ann.type('0123456789')
        bob.type('x' * 11)
        ann.read(), bob.read()
        await room.saved()
        assert room.text == '0123456789'
        assert bob.refused is not None
        assert bob.refused[0] == 'too-large'
        with pytest.raises(ValueError, match='limit of 10 bytes'):
            room.insert(0, 'y')
        ann.delete(0, 5)
        assert room.text == '56789'


async def test_the_limit_counts_bytes_and_what_is_replaced_makes_room() -> None:
    async with open_room(limit=10) as room:
        ann = Tab(room, 'ann')
        ann.read()
        ann.type('漢漢漢')  # nine bytes
        ann.read()
        assert ann.refused is None
        room.set_text('12345678')
        room.set_text('abcdefghij')
        assert room.text == 'abcdefghij'
        ann.read()
        ann.type('漢')
        ann.read()
        assert ann.refused is not None
        assert ann.refused[0] == 'too-large'


async def test_who_replaces_text_in_a_full_document_is_not_turned_away() -> None:
    async with open_room(limit=10) as room:
        ann = Tab(room, 'ann')
        ann.read()
        ann.type('0123456789')
        await room.saved()
        ann.cut()
        ann.delete(0, 10)
        ann.type('abcdefghij')
        ann.connect()
        ann.read()
        await room.saved()
        assert room.text == 'abcdefghij'
        assert ann.refused is None


async def test_of_two_who_replace_the_same_text_one_is_refused_and_the_document_stays_sound() -> None:
    store = MemoryStore()
    async with open_room(store, text='0123456789', limit=10) as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        ann.read(), bob.read()
        for tab, letter in ((ann, 'a'), (bob, 'b')):
            tab.cut()
            tab.delete(0, 10)
            tab.type(letter * 10)
        ann.connect(), bob.connect()
        ann.read(), bob.read()
        await becomes(lambda: not room.broken)
        await room.saved()
        assert room.text == 'a' * 10
        assert bob.refused is not None
        assert bob.refused[0] == 'too-large'
        assert 'at most 10 bytes' in bob.refused[1]
        ann.read()
        assert (ann.text, ann.refused) == ('a' * 10, None)
    assert rebuild(await store.load('doc')).text == 'a' * 10


async def test_a_reader_sees_everything_and_changes_nothing() -> None:
    async with open_room(text='read me') as room:
        ann = Tab(room, 'ann')
        reader = Tab(room, 'reader', role=Role.VIEWER)
        ann.read(), reader.read()
        assert reader.text == 'read me'
        assert reader.refused is None  # its answer to the server's question brought nothing new
        ann.type('!')
        await room.saved()
        reader.read()
        assert reader.text == 'read me!'
        ann.delete(0, 5)
        await room.saved()
        reader.read()
        reader.cut(), reader.connect(), reader.read()  # its answer repeats what is deleted anyway
        assert (reader.text, reader.refused) == ('me!', None)
        reader.type('me too')
        reader.read()
        assert reader.refused == ('read-only', 'You may read this document, but not change it.')
        assert room.text == 'me!'


async def test_what_a_reader_deletes_is_refused_and_never_called_saved() -> None:
    async with open_room(text='read me') as room:
        reader = Tab(room, 'reader', role=Role.VIEWER)
        reader.read()
        reader.delete(0, 5)
        reader.read()
        assert reader.refused is not None
        assert reader.refused[0] == 'read-only'
        assert not reader.all_saved()
        assert room.text == 'read me'


@pytest.mark.parametrize(
    'frame', [b'', b'\x07', b'\x00\x02', b'\xff' * 200_000, b'\x00\x00\x02\x01\x02', b'd\x01']
)
async def test_nonsense_ends_the_connection_of_its_sender_only(frame: bytes) -> None:
    async with open_room(text='calm') as room:
        mallory, ann = Tab(room, 'mallory'), Tab(room, 'ann')
        mallory.read(), ann.read()
        mallory.send(frame)
        mallory.read()
        assert mallory.refused is not None
        assert mallory.refused[0] == 'update'
        mallory.type('still here')
        ann.type('!')
        await room.saved()
        assert room.text == 'calm!'


async def test_nobody_writes_under_the_client_id_of_another() -> None:
    async with open_room() as room:
        ann, mallory = Tab(room, 'ann'), Tab(room, 'mallory')
        ann.read(), mallory.read()
        ann.type('mine')
        forged = SharedDocument()
        forged.load(ann.doc.get_update())
        await room.saved()
        mallory.read()
        theft = bytes.fromhex('0101') + protocol.uint(ann.doc.client_id) + b'\x04\x04\x01\x07content\x01x\x00'
        mallory.send(protocol.update(theft))
        mallory.read()
        assert mallory.refused is not None
        assert mallory.refused[0] == 'foreign'
        for _ in range(100):
            ann.type('y')
        assert room.text == 'mine' + 'y' * 100


async def test_nobody_writes_under_the_id_of_a_tab_that_has_not_typed_yet_or_was_cut_off() -> None:
    async with open_room(text='base ') as room:
        ann, mallory = Tab(room, 'ann'), Tab(room, 'mallory')
        ann.read(), mallory.read()
        ann.point()
        ann.cut()
        theft = b'\x01\x01' + protocol.uint(ann.doc.client_id) + b'\x00\x04\x01\x07content\x05XXXXX\x00'
        mallory.point(client=ann.doc.client_id, state='{"user":{"name":"ann"}}')
        assert mallory.peer is not None
        assert mallory.peer.client is None
        mallory.send(protocol.update(theft))
        mallory.read()
        assert mallory.refused is not None
        ann.type('hello')
        ann.connect()
        ann.read()
        await room.saved()
        ann.read()
        assert sorted(room.text) == sorted('base hello')
        assert ann.text == room.text
        assert ann.all_saved()


async def test_client_ids_that_write_nothing_are_remembered_but_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ownership, 'MOST_CLAIMS', 10)
    async with open_room() as room:
        mallory = Tab(room, 'mallory')
        mallory.read()
        for client in range(100):
            mallory.point(client=client)
            mallory.point(client=client, state='null')
        assert len(room.ownership._claims) == len(room.ownership._holders) == 10


async def test_strangers_who_share_one_author_cannot_write_for_each_other() -> None:
    async with open_room() as room:
        ann = Tab(room, 'ann', author='anyone')
        bob = Tab(room, 'bob', author='anyone')
        ann.read(), bob.read()
        ann.type('a')
        await room.saved()
        bob.read()
        theft = bytes.fromhex('0101') + protocol.uint(ann.doc.client_id) + b'\x01\x04\x01\x07content\x01x\x00'
        bob.send(protocol.update(theft))
        bob.read()
        assert bob.refused is not None
        ann.cut()
        ann.type('b')
        ann.connect()  # the same stranger comes back with the same id
        ann.read()
        assert room.text == 'ab'


async def test_two_tabs_of_one_person_may_bring_each_others_edits() -> None:
    async with open_room() as room:
        one = Tab(room, 'ann')
        one.read()
        one.type('from one ')
        one.cut()
        one.type('unsent ')
        two = Tab(room, 'ann')
        two.doc.apply_update(one.doc.get_update())  # they share what the browser keeps
        await room.saved()
        two.read()
        assert room.text == 'from one unsent '
        assert two.refused is None


async def test_the_id_of_the_servers_own_edits_is_nobody_elses() -> None:
    async with open_room() as room:
        mallory = Tab(room, 'mallory')
        mallory.read()
        forged = b'\x01\x01' + protocol.uint(room.document.client_id) + b'\x00\x04\x01\x07content\x01x\x00'
        mallory.send(protocol.update(forged))
        mallory.read()
        assert mallory.refused is not None
        assert mallory.refused[0] == 'foreign'


async def test_the_count_of_people_goes_up_and_down() -> None:
    async with open_room() as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        again = Tab(room, 'ann')
        assert [person.id for person in room.people()] == ['ann', 'bob']
        ann.cut(), again.cut()
        room.leave(ann.number)
        assert [person.id for person in room.people()] == ['bob']
        bob.cut()
        assert room.people() == ()


async def test_cursors_reach_the_others_with_the_name_the_server_knows() -> None:
    async with open_room(text='hello') as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        ann.read(), bob.read()
        cursor = '{"anchor":{"tname":"content"},"head":{"tname":"content"}}'
        ann.point(state='{"user":{"name":"The Queen"},"cursor":' + cursor + '}')
        ann.point(state='{"cursor":' + cursor + '}')
        await presence_shown(room)
        assert bob.read() == 1
        assert ann.person.name in bob.states[ann.doc.client_id]
        assert 'Queen' not in bob.states[ann.doc.client_id]
        room.rename_person(Person('ann', 'Anna', '#1a4fc4'))
        room.rename_person(Person('nobody', 'Nobody', '#1a4fc4'))
        await presence_shown(room)
        bob.read()
        assert 'Anna' in bob.states[ann.doc.client_id]
        bob.send(b'\x03')
        bob.read()
        ann.cut()
        await presence_shown(room)
        bob.read()
        assert bob.states[ann.doc.client_id] == 'null'


async def test_a_program_without_a_session_may_say_what_it_is_called() -> None:
    async with open_room(text='hello') as room:
        vim, ann = Tab(room, 'anyone-1', author='anyone'), Tab(room, 'ann')
        vim.read(), ann.read()
        room.rename_person(Person('ann', 'Ann', '#1a4fc4'))
        vim.point(state='{"user":{"name":"Neovim"}}')
        await presence_shown(room)
        assert {person.name for person in room.people()} == {'Neovim', 'Ann'}
        vim.point(state='{"user":{"name":"Ann"}}')
        await presence_shown(room)
        assert [(person.id, person.name) for person in room.people()] == [
            ('ann', 'Ann'),
            ('anyone-1', 'Ann (2)'),
        ]


async def test_no_foreign_editor_hears_of_its_own_presence() -> None:
    async with open_room(text='hello') as room:
        ann, bob, cy = (Tab(room, name, foreign=True) for name in ('ann', 'bob', 'cy'))
        for tab in (ann, bob, cy):
            tab.read()
        ann.point()
        bob.point()
        await presence_shown(room)
        for tab in (ann, bob, cy):
            tab.read()
        ids = ann.doc.client_id, bob.doc.client_id
        assert (set(ann.states), set(bob.states), set(cy.states)) == ({ids[1]}, {ids[0]}, set(ids))


async def test_all_pages_get_the_same_frame_of_who_is_where() -> None:
    async with open_room(text='hello') as room:
        ann, bob, vim = Tab(room, 'ann'), Tab(room, 'bob'), Tab(room, 'vim', foreign=True)
        for tab in (ann, bob, vim):
            tab.read()
        for tab in (ann, bob, vim):
            tab.point()
        await presence_shown(room)
        assert ann.peer is not None
        assert bob.peer is not None
        frames = ann.peer.take(), bob.peer.take()
        assert frames[0][0] is frames[1][0]
        vim.read()
        assert set(vim.states) == {ann.doc.client_id, bob.doc.client_id}


async def test_nobody_moves_the_cursor_of_another() -> None:
    async with open_room(text='hello') as room:
        ann, mallory, bob = Tab(room, 'ann'), Tab(room, 'mallory'), Tab(room, 'bob')
        for tab in (ann, mallory, bob):
            tab.read()
        ann.type('x')
        await room.saved()
        mallory.point(client=ann.doc.client_id, state='{"user":{"name":"ann"}}')
        mallory.point()
        mallory.point(client=123)
        await presence_shown(room)
        bob.read()
        assert set(bob.states) == {mallory.doc.client_id}
        assert mallory.refused is None
        mallory.point(state='{"cursor":{"anchor":NaN}}')
        await presence_shown(room)
        assert mallory.peer is not None
        assert mallory.peer.refusal is not None
        assert mallory.peer.refusal[0] == 'presence'


@pytest.mark.parametrize('who', ['a writer', 'a reader', 'alone'])
async def test_what_y_websocket_sends_back_is_not_read_again(
    who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_room() as room:
        ann, bob = Tab(room, 'ann', foreign=True), Tab(room, 'bob', foreign=True)
        if who != 'alone':
            bob.point()
        if who != 'a reader':
            ann.point()
        await presence_shown(room)
        assert ann.peer is not None
        sent_back = [frame for frame in ann.peer.take() if frame.startswith(protocol.PRESENCE)][1:]
        assert len(sent_back) == (who != 'alone')
        monkeypatch.setattr(protocol, 'decode', pytest.fail)
        for frame in sent_back:
            ann.send(frame)
        monkeypatch.undo()
        ann.point(state='{"cursor":{"anchor":{"tname":"content"},"head":{"tname":"content"}}}')
        await presence_shown(room)
        bob.read()
        assert 'anchor' in bob.states[ann.doc.client_id]


async def test_a_cursor_does_not_arrive_before_the_text_it_stands_in() -> None:
    store = MemoryStore()
    async with open_room(store) as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        ann.read(), bob.read()
        store.hold()
        ann.type('x')
        ann.point()
        due = room.company._due
        assert due is not None
        await becomes(lambda: asyncio.get_running_loop().time() > due.when() + 0.01)
        bob.read()
        assert bob.states == {}
        store.release()
        await room.saved()
        bob.read()
        assert bob.text == 'x'
        assert ann.doc.client_id in bob.states


@pytest.mark.parametrize(('earlier', 'is_there'), [(3600, True), (0, False)])
async def test_a_commit_takes_a_cursor_along_whose_pause_is_nearly_over(
    monkeypatch: pytest.MonkeyPatch, earlier: float, is_there: bool
) -> None:
    monkeypatch.setattr(company, 'PRESENCE_PAUSE', 3600)
    monkeypatch.setattr(company, 'TAKEN_ALONG', earlier)
    async with open_room() as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        ann.read(), bob.read()
        ann.type('x')
        ann.point()
        await room.saved()
        bob.read()
        assert bob.text == 'x'
        assert (ann.doc.client_id in bob.states) is is_there


async def test_a_document_whose_library_fails_is_built_again_and_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Panic(BaseException):
        pass

    async with open_hub() as hub:
        await hub.create('Doc', document_id='doc', text='before ')
        await hub.create('Other', document_id='other')
        async with hub.open('doc') as room, hub.open('other') as calm:
            ann, bob, other = Tab(room, 'ann'), Tab(room, 'bob'), Tab(calm, 'cy')
            for tab in (ann, bob, other):
                tab.read()
            broken = room.document

            def panic(*_: object) -> None:
                raise Panic('unwrap on None')

            monkeypatch.setattr(broken._doc, 'apply_update', panic)
            ann.type('poison ')
            other.type('undisturbed')
            bob.type('during ')
            late = Tab(room, 'late')
            with pytest.raises(PermissionError, match='built again'):
                room.insert(0, 'x')
            await until(lambda: room.document is not broken)
            for tab in (ann, bob, late):
                tab.read()
            await room.saved()
            bob.read(), late.read(), bob.read()
            assert room.text == bob.text == late.text == 'before during '
            assert bob.all_saved()
            assert ann.refused is not None
            assert calm.text == 'undisturbed'


async def test_a_failure_during_an_edit_by_code_is_told_and_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_room(text='before') as room:
        broken = room.document

        def fail(*_: object) -> None:
            raise BrokenDocument('no')

        monkeypatch.setattr(broken, 'edit', fail)
        with pytest.raises(BrokenDocument):
            room.edit([Change(0, 0, 'x')])
        await until(lambda: room.document is not broken)
        room.insert(0, 'x')
        assert room.text == 'xbefore'


async def test_a_document_that_can_no_longer_be_stored_says_so_and_costs_no_other_document() -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='bad')
        await hub.create(document_id='good')
        async with hub.open('bad') as bad, hub.open('good') as good:
            ann, bob = Tab(bad, 'ann'), Tab(good, 'bob')
            ann.read(), bob.read()
            store.documents['bad'].log.append(Record('bad', 1, 'somebody', 1, b'\x00\x00'))
            ann.type('x')
            bob.type('y')
            with pytest.raises(DamagedDocument):
                await bad.saved()
            await good.saved()
            ann.read()
            assert ann.refused is not None
            assert ann.refused[0] == 'damaged'
            assert [record.update for record in store.documents['good'].log]
            with pytest.raises(PermissionError):
                bad.insert(0, 'z')
            late = Tab(bad, 'late')
            late.read()
            assert late.refused is not None


async def test_watchers_hear_and_one_that_fails_costs_nobody(caplog: pytest.LogCaptureFixture) -> None:
    async with open_room() as room:
        heard: list[Happening] = []

        def fails(_happening: Happening) -> None:
            raise RuntimeError('my own fault')

        room.watch(fails)
        unwatch = room.watch(heard.append)
        ann = Tab(room, 'ann')
        ann.read()
        ann.type('x')
        await room.saved()
        room.retitle('New')
        assert heard == [Happening.PEOPLE, Happening.TEXT, Happening.TITLE]
        assert room.title == 'New'
        unwatch()
        unwatch()
        ann.cut()
        assert len(heard) == 3
        assert 'A watcher failed' in caplog.text


async def test_a_slow_reader_is_not_queued_for_ever_and_catches_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_module, 'OUTBOX_BYTES', 2_000)
    async with open_room() as room:
        ann, slow = Tab(room, 'ann'), Tab(room, 'slow')
        ann.read(), slow.read()
        for _ in range(20):
            ann.type('x' * 400)
            await room.saved()
        assert slow.peer is not None
        assert slow.peer.fell_behind
        assert slow.peer._waiting == 0
        assert await slow.peer.frames() == []
        slow.peer.caught_up()
        slow.send(protocol.step1(slow.doc.get_state()))
        slow.read()
        assert slow.text == room.text


async def test_frames_are_waited_for_and_end_with_the_connection() -> None:
    async with open_room() as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        ann.read(), bob.read()
        await room.saved()
        bob.read()
        assert bob.peer is not None
        waiting = asyncio.ensure_future(bob.peer.frames())
        await asyncio.sleep(0)
        assert not waiting.done()
        ann.type('x')
        assert len(await waiting) == 1
        peer = bob.peer
        bob.cut()
        assert peer.over
        peer.offer(b'too late')
        assert await peer.frames() == []
