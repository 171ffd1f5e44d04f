"""REST for programs: documents, texts and edits, through the same door as people."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from collab.rooms.hub import Hub
from collab.rooms.ports import Chapter
from collab.web import api, health
from tests.support.rooms import becomes, open_hub, until
from tests.support.store import MemoryStore
from tests.support.tab import Tab

TEXT = {'Content-Type': 'text/plain; charset=utf-8'}


@asynccontextmanager
async def program(
    store: MemoryStore | None = None, limit: int = 1_000, index: bool = False
) -> AsyncIterator[tuple[httpx.AsyncClient, Hub]]:
    async with open_hub(store, index=index, limit=limit) as hub:
        app = FastAPI()
        app.mount('/api', api.application(hub, limit))
        app.include_router(health.router(hub))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url='http://server') as client:
            yield client, hub


async def test_a_document_from_its_making_to_its_end() -> None:
    async with program() as (client, _):
        made = await client.post('/api/documents', json={'title': 'Notes', 'id': 'notes', 'text': 'Hello'})
        assert made.status_code == 201
        assert made.headers['Location'] == '/api/documents/notes'
        assert made.json()['title'] == 'Notes'
        assert (await client.get('/api/documents')).json() == [made.json()]
        renamed = await client.patch('/api/documents/notes', json={'title': 'Minutes'})
        assert renamed.json()['title'] == 'Minutes'
        described = (await client.get('/api/documents/notes')).json()
        assert described == {**renamed.json(), 'log': described['log']}
        read = await client.get('/api/documents/notes/text')
        assert (read.text, read.headers['Content-Type']) == ('Hello', 'text/plain; charset=utf-8')
        assert (await client.delete('/api/documents/notes')).status_code == 204
        assert (await client.get('/api/documents')).json() == []
        assert (await client.get('/api/documents/notes/text')).status_code == 404


async def test_documents_are_found_by_their_words() -> None:
    async with program(index=True) as (client, _):
        await client.post('/api/documents', json={'title': 'Notes', 'text': 'A rake\nBring the ladder'})
        found: list[dict[str, object]] = []
        async with asyncio.timeout(5):
            while not found:  # it is in the index a moment later
                found = (await client.get('/api/documents', params={'q': 'LADD'})).json()
        assert [(one['title'], one['line'], one['marks']) for one in found] == [
            ('Notes', 'Bring the ladder', [[10, 16]])
        ]
        assert (await client.get('/api/documents', params={'q': '"('})).json() == []
        assert (await client.get('/api/documents', params={'q': 'x' * 1_001})).status_code == 422


async def test_setting_the_text_merges_into_what_others_type() -> None:
    async with program() as (client, hub):
        await client.post('/api/documents', json={'id': 'doc', 'text': 'one\ntwo\n'})
        async with hub.open('doc') as room:
            ann = Tab(room)
            ann.read()
            ann.type('!', at=3)
            put = await client.put('/api/documents/doc/text', content='one!\ntwo 🙂\n'.encode(), headers=TEXT)
            assert put.status_code == 204
            ann.type('?', at=4)
            await room.saved()
            ann.read()
            assert ann.text == room.text == 'one!?\ntwo 🙂\n'


async def test_edits_are_made_at_code_points_all_at_once() -> None:
    store = MemoryStore()
    async with program(store) as (client, hub):
        await client.post('/api/documents', json={'id': 'doc', 'text': '🙂 and 👩‍🚀'})
        edits = {'edits': [{'start': 0, 'end': 1, 'text': 'You'}, {'start': 2, 'end': 5, 'text': '&'}]}
        answer = await client.post('/api/documents/doc/edits', json=edits)
        assert answer.status_code == 204
        assert (await client.get('/api/documents/doc/text')).text == 'You & 👩‍🚀'
        assert len(store.documents['doc'].log) == 2
        assert hub.journal.records == 2


async def test_the_size_of_a_log_is_shown() -> None:
    store = MemoryStore()
    async with program(store) as (client, hub):
        await client.post('/api/documents', json={'id': 'doc', 'text': 'one'})
        await client.put('/api/documents/doc/text', content=b'two', headers=TEXT)
        await becomes(lambda: hub.room('doc') is None)
        written = [record.update for record in store.documents['doc'].log]
        shown = (await client.get('/api/documents/doc')).json()['log']
        assert shown == {'rows': 2, 'since': 1_000, 'chapters': 0, 'bytes': sum(map(len, written))}
        await store.bind('doc', Chapter(1, 2, 1_000, b'x' * 40), store.documents['doc'].epoch)
        shown = (await client.get('/api/documents/doc')).json()['log']
        assert shown == {'rows': 0, 'since': None, 'chapters': 1, 'bytes': 40}
        described = (await client.get('/api/openapi.json')).json()['components']['schemas']['Log']
        assert set(described['properties']) == {'rows', 'since', 'chapters', 'bytes'}


async def test_an_answer_means_stored() -> None:
    store = MemoryStore()
    async with program(store) as (client, _):
        await client.post('/api/documents', json={'id': 'doc'})
        store.hold()
        put = asyncio.create_task(client.put('/api/documents/doc/text', content=b'x', headers=TEXT))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not put.done()
        store.release()
        assert (await put).status_code == 204
        assert len(store.documents['doc'].log) == 1


@pytest.mark.parametrize(
    ('method', 'path', 'content', 'status', 'word'),
    [
        ('GET', '/documents/none', b'', 404, "no document with the id 'none'"),
        ('GET', '/documents/none/text', b'', 404, 'no document'),
        ('PATCH', '/documents/none', b'{"title":"x"}', 404, 'no document'),
        ('DELETE', '/documents/none', b'', 404, 'no document'),
        ('PUT', '/documents/none/text', b'x', 404, 'no document'),
        ('GET', '/documents/' + 'x' * 65, b'', 422, 'document_id'),
        ('GET', '/nothing', b'', 404, 'Not Found'),
        ('POST', '/documents', b'{"id":"doc"}', 409, "id 'doc' already"),
        ('POST', '/documents', b'{"id":"Bad Id"}', 422, 'small letters'),
        ('POST', '/documents', b'{"title":3}', 422, 'title'),
        ('POST', '/documents', b'not json', 422, 'JSON'),
        ('POST', '/documents', b'{"text":"' + b'x' * 1001 + b'"}', 422, 'at most 1,000 bytes'),
        ('PUT', '/documents/doc/text', b'x' * 1001, 413, 'at most 1,000 bytes'),
        ('PUT', '/documents/doc/text', b'ok \xff', 422, 'byte 3'),
        ('POST', '/documents/doc/edits', b'{"edits":[{"start":5,"end":9}]}', 422, 'Positions go from 0 to 4'),
        ('POST', '/documents/doc/edits', b'{"edits":[{"start":-5,"end":9}]}', 422, 'start'),
    ],
)
async def test_bad_input_is_a_problem_that_says_what_was_wrong(
    method: str, path: str, content: bytes, status: int, word: str
) -> None:
    async with program() as (client, _):
        await client.post('/api/documents', json={'id': 'doc', 'text': 'text'})
        headers = {'Content-Type': 'application/json'}
        answer = await client.request(method, '/api' + path, content=content, headers=headers)
        assert answer.status_code == status
        assert answer.headers['Content-Type'] == 'application/problem+json'
        assert answer.json()['status'] == status
        assert word in answer.json()['detail']
        assert (await client.get('/api/documents/doc/text')).text == 'text'


async def test_a_request_too_large_is_not_read_to_its_end() -> None:
    async with program(limit=100) as (client, _):
        read = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal read
            while read < 100_000_000:
                read += 100_000
                yield b'x' * 100_000

        answer = await client.post(
            '/api/documents', content=endless(), headers={'Content-Type': 'application/json'}
        )
        assert answer.status_code == 413
        assert answer.headers['Content-Type'] == 'application/problem+json'
        assert read < 3_000_000


async def test_a_store_that_fails_is_a_problem_in_words(caplog: pytest.LogCaptureFixture) -> None:
    store = MemoryStore()
    async with program(store) as (client, _):

        async def fail() -> None:
            raise OSError('disk gone')

        store.list = fail  # type: ignore[assignment, method-assign]
        answer = await client.get('/api/documents')
        assert answer.status_code == 503
        assert answer.headers['Content-Type'] == 'application/problem+json'
        assert 'Try again' in answer.json()['detail']
        assert 'disk gone' in caplog.text


async def test_a_page_of_another_site_may_not_act_for_its_visitor() -> None:
    async with program() as (client, _):
        foreign = await client.post('/api/documents', json={}, headers={'Origin': 'http://[evil'})
        assert foreign.status_code == 403
        foreign = await client.post('/api/documents', json={}, headers={'Origin': 'http://evil.example'})
        assert foreign.status_code == 403
        own = await client.post('/api/documents', json={}, headers={'Origin': 'http://server'})
        assert own.status_code == 201


async def test_a_damaged_document_is_not_shown_as_empty() -> None:
    store = MemoryStore()
    async with program(store) as (client, hub):
        await client.post('/api/documents', json={'id': 'doc'})
        await until(lambda: hub.room('doc') is None)
        store.damage('doc')
        answer = await client.get('/api/documents/doc/text')
        assert answer.status_code == 503
        assert 'damaged' in answer.json()['detail']


async def test_the_api_describes_itself() -> None:
    async with program() as (client, _):
        assert 'swagger' in (await client.get('/api/docs')).text
        paths = (await client.get('/api/openapi.json')).json()['paths']
        assert '/documents/{document_id}/text' in paths


async def test_alive_and_ready() -> None:
    store = MemoryStore()
    async with program(store) as (client, _):
        assert (await client.get('/healthz')).status_code == 200
        assert (await client.get('/readyz')).status_code == 200

        async def fail() -> None:
            raise OSError('gone')

        store.ping = fail  # type: ignore[method-assign]
        assert (await client.get('/healthz')).status_code == 200
        assert (await client.get('/readyz')).status_code == 503


async def test_while_nothing_can_be_stored_a_request_is_told_so_and_does_not_hang(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api, 'STORED_WITHIN', 0.05)
    store = MemoryStore()
    async with program(store) as (client, _):
        await client.post('/api/documents', json={'id': 'doc', 'text': 'one'})
        store.hold()
        edits = {'edits': [{'start': 3, 'end': 3, 'text': ' two'}]}
        for answer in (
            await client.post('/api/documents/doc/edits', json=edits),
            await client.put('/api/documents/doc/text', content='one two three', headers=TEXT),
            await client.get('/api/documents/doc/text'),
        ):
            assert answer.status_code == 503
            assert 'as soon as' in answer.json()['detail']
        store.release()
        assert (await client.get('/api/documents/doc/text')).text == 'one two three'
