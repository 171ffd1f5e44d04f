"""The y-websocket protocol on a plain WebSocket, spoken by clients that are not ours."""

import asyncio
import sys

import pytest
from pycrdt import Doc, Provider, Text
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from collab.document import protocol
from collab.document.protocol import AwarenessEntry
from collab.web import yjs
from tests.support.examples import example
from tests.support.programs import Channel, program, server
from tests.support.rooms import becomes
from tests.support.store import MemoryStore
from tests.support.tab import Tab


async def test_two_programs_and_a_page_write_in_one_document() -> None:
    store = MemoryStore()
    async with server(store) as (address, hub):
        await hub.create('Notes', document_id='doc', text='Start. ')
        async with hub.open('doc') as room, program(address) as one, program(address) as two:
            page = Tab(room)
            page.read()
            await becomes(lambda: str(one) == str(two) == 'Start. ')
            one += 'One. '
            await becomes(lambda: 'One' in str(two))
            two += 'Two. '
            await becomes(lambda: 'Two' in str(one))
            page.read()
            page.type('Page. ')
            await becomes(lambda: str(one) == str(two) == room.text == 'Start. One. Two. Page. ')
            page.read()
            assert page.text == room.text
            assert len(room.people()) == 3
        assert len(store.documents['doc'].log) == 4


async def test_the_example_in_the_readme_joins() -> None:
    async with server() as (address, hub):
        await hub.create('Notes', document_id='notes', text='Agenda')
        async with hub.open('notes') as room:
            code = example('python', 'pycrdt', address)
            process = await asyncio.create_subprocess_exec(sys.executable, '-W', 'error', '-c', code)
            assert await asyncio.wait_for(process.wait(), 30) == 0
            await becomes(lambda: room.text == 'Hello from Python. Agenda')


async def test_programs_that_write_at_once_and_come_back_end_with_one_text() -> None:
    words = [f'{name}{number} ' for name in 'abc' for number in range(40)]
    store = MemoryStore()
    async with server(store) as (address, hub):
        await hub.create(document_id='doc')

        async def write(mine: list[str]) -> None:
            doc: Doc[Text] = Doc()
            for here, away in zip(mine[::2], mine[1::2], strict=True):
                async with program(address, doc=doc) as text:
                    text += here
                    text.insert(0, '-')
                    del text[:1]
                text += away  # the connection is gone; the next one brings it

            async with program(address, doc=doc):
                await becomes(lambda: (room := hub.room('doc')) and all(word in room.text for word in mine))

        await asyncio.gather(*(write(words[start : start + 40]) for start in (0, 40, 80)))
        async with hub.open('doc') as room, program(address) as text:
            await becomes(lambda: sorted(room.text.split()) == sorted(map(str.strip, words)))
            await becomes(lambda: str(text) == room.text)
            await room.saved()
        await becomes(lambda: hub.room('doc') is None)
        async with hub.open('doc') as room:
            assert room.text == str(text)  # as it comes from the store


async def test_an_unknown_name_makes_the_document() -> None:
    async with server() as (address, hub):
        async with program(address, 'new-one') as text:
            text += 'hello'
            await becomes(lambda: (room := hub.room('new-one')) and room.text == 'hello')
        assert (await hub.describe('new-one')).title == 'new-one'


async def test_a_closed_connection_leaves_nobody_behind() -> None:
    async with server() as (address, hub):
        async with program(address):
            await becomes(lambda: hub.people('doc'))
        await becomes(lambda: hub.room('doc') is None)


@pytest.mark.parametrize('way', ['yjs', 'hocuspocus'])
@pytest.mark.parametrize(
    ('path', 'origin', 'code', 'word'),
    [
        ('doc', 'http://evil.example', 4403, 'not part of this server'),
        ('Bad%20Name', None, 4404, 'small letters'),
        ('trash', None, 4404, 'no document'),
        ('damaged', None, 4404, 'damaged'),
    ],
)
async def test_who_cannot_come_in_is_told_why(
    way: str, path: str, origin: str | None, code: int, word: str
) -> None:
    store = MemoryStore()
    async with server(store) as (address, hub):
        await hub.create(document_id='trash')
        await hub.delete('trash')
        await hub.create(document_id='damaged')
        store.damage('damaged')
        async with connect(f'ws://{address}/{way}/{path}', origin=origin) as socket:  # type: ignore[arg-type]
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == code
        assert word in closed.value.rcvd.reason


async def test_a_store_that_fails_closes_the_connection_with_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_document_id: str) -> None:
        raise OSError('disk gone')

    store = MemoryStore()
    monkeypatch.setattr(store, 'load', fail)
    async with server(store) as (address, hub):
        await hub.create(document_id='doc')
        async with connect(f'ws://{address}/yjs/doc') as socket:
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, 'try again' in closed.value.rcvd.reason) == (1011, True)
        assert 'disk gone' in caplog.text


async def test_our_own_pages_may_connect() -> None:
    async with (
        server() as (address, _),
        connect(f'ws://{address}/yjs/doc', origin=f'http://{address}') as socket,  # type: ignore[arg-type]
    ):
        await socket.send(protocol.step1(b'\x00'))
        assert await socket.recv() == protocol.step2(b'\x00\x00')


@pytest.mark.parametrize('nonsense', [b'\x00\x02', b'\xff' * 1000, 'text instead of bytes'])
async def test_nonsense_closes_the_connection_of_its_sender_only(nonsense: bytes | str) -> None:
    async with (
        server() as (address, hub),
        program(address) as text,
        connect(f'ws://{address}/yjs/doc') as mallory,
    ):
        await mallory.send(nonsense)
        with pytest.raises(ConnectionClosed):
            await mallory.recv()
        text += 'undisturbed'
        await becomes(lambda: (room := hub.room('doc')) and room.text == 'undisturbed')


async def test_a_slow_reader_is_asked_to_connect_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with server() as (address, hub):
        await hub.create(document_id='doc')
        async with hub.open('doc') as room, connect(f'ws://{address}/yjs/doc') as slow:
            await becomes(lambda: room.company.peers)
            peer = next(iter(room.company.peers.values()))
            peer._fall_behind()
            with pytest.raises(ConnectionClosed) as closed:
                await slow.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4408


async def test_presence_is_repeated_before_others_forget_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yjs, 'PRESENCE_AGAIN', 0.01)
    async with (
        server() as (address, _),
        connect(f'ws://{address}/yjs/doc') as vim,
        connect(f'ws://{address}/yjs/doc') as reader,
        asyncio.timeout(10),
    ):
        await vim.send(protocol.awareness([AwarenessEntry(7, 1, '{"user":{"name":"Vim"}}')]))
        clocks: list[int] = []
        while len(clocks) < 3:
            message = protocol.decode(await reader.recv())  # type: ignore[arg-type]
            assert isinstance(message, protocol.AwarenessUpdate)
            clocks += [entry.clock for entry in message.entries if entry.client == 7]
        assert clocks == sorted(set(clocks))


async def test_a_document_deleted_meanwhile_ends_the_connection_with_words() -> None:
    async with server() as (address, hub):
        await hub.create(document_id='doc')
        async with connect(f'ws://{address}/yjs/doc') as socket:
            await becomes(lambda: hub.people('doc'))
            await hub.delete('doc')
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), 5)
        assert closed.value.rcvd is not None
        assert 'deleted' in closed.value.rcvd.reason


async def test_a_program_of_an_earlier_life_is_told_to_load_it_anew_and_nobody_else_notices() -> None:
    async with server() as (address, hub):
        await hub.create(document_id='doc', text='once')
        old: Doc[Text] = Doc()
        text = old.get('content', type=Text)
        async with connect(f'ws://{address}/yjs/doc') as socket, Provider(old, Channel(socket, 'doc')):
            await becomes(lambda: str(text) == 'once')
            async with hub.open('doc') as room:
                await hub.healing.settle(room)
            await asyncio.wait_for(socket.wait_closed(), 5)
        assert (socket.close_code, 'put in order' in (socket.close_reason or '')) == (4409, True)
        async with program(address) as new:
            await becomes(lambda: str(new) == 'once')
            async with connect(f'ws://{address}/yjs/doc') as socket, Provider(old, Channel(socket, 'doc')):
                await asyncio.wait_for(socket.wait_closed(), 5)
            assert (socket.close_code, 'Load it anew' in (socket.close_reason or '')) == (4409, True)
            new += ' and again'
            await becomes(lambda: (room := hub.room('doc')) and room.text == 'once and again')
            assert str(new) == 'once and again'
