"""Recorded editing sessions of real people, typed again through a running server.

The longest of them, automerge-paper, is typed in tests/test_trace_log.py, which looks at its log as well.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from collab.document import protocol
from collab.document.protocol import Reader
from tests.support.recorded import Arrivals, Replica, Transaction, concurrent
from tests.support.running import Collab, running

pytestmark = pytest.mark.traces

Trace = Callable[[str], Any]
BURST = 500


async def greet(socket: ClientConnection) -> None:
    """Sync steps with an empty replica; returns when the server has told what it has."""
    await socket.send(protocol.step1(b'\x00'))
    while True:
        message = await socket.recv()
        assert isinstance(message, bytes)
        if message[:2] == b'\x00\x00':
            await socket.send(protocol.step2(b'\x00\x00'))
            return


async def drain(socket: ClientConnection) -> None:
    async for _ in socket:
        pass


async def test_a_session_typed_by_one_client_ends_in_its_recorded_text(trace: Trace, tmp_path: Path) -> None:
    name = 'sveltecomponent'
    recorded = trace(name)
    async with running(tmp_path / 'data') as collab:
        await collab.create(name)
        replica = Replica()
        async with connect(f'ws://127.0.0.1:{collab.port}/yjs/{name}') as socket:
            await greet(socket)
            reading = asyncio.create_task(drain(socket))
            for number, transaction in enumerate(recorded['txns']):
                await socket.send(protocol.update(replica.type(transaction['patches'])))
                if number % BURST == 0:
                    await asyncio.sleep(0)
            async with asyncio.timeout(300):
                while await collab.text(name) != recorded['endContent']:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            await socket.close()
            await reading
        assert str(replica.content) == recorded['endContent']
    async with running(tmp_path / 'data') as again:
        assert await again.text(name) == recorded['endContent']


class Author:
    """One of the recorded people, live: types on as soon as what they had seen has arrived."""

    def __init__(self, number: int, transactions: list[list[Transaction]]) -> None:
        self.replica = Replica()
        self.mine = transactions[number]
        self.arrivals = Arrivals(transactions, number)
        self.news = asyncio.Event()

    async def live(self, collab: Collab, done: asyncio.Event) -> None:
        async with connect(f'ws://127.0.0.1:{collab.port}/yjs/friends') as socket:
            await greet(socket)
            reading = asyncio.create_task(self.read(socket))
            for transaction in self.mine:
                while not self.arrivals.enough_for(transaction):
                    self.news.clear()
                    await self.news.wait()
                self.replica.doc.apply_update(transaction.update)
                await socket.send(protocol.update(transaction.update))
            while not self.arrivals.complete:
                self.news.clear()
                await self.news.wait()
            await done.wait()
            await socket.close()
            await reading

    async def read(self, socket: ClientConnection) -> None:
        async for message in socket:
            assert isinstance(message, bytes)
            if message[:2] != b'\x00\x02':
                continue
            update = Reader(message[2:]).read_bytes()
            self.replica.doc.apply_update(update)
            self.arrivals.take(update)
            self.news.set()


async def test_two_people_writing_at_once_end_in_their_recorded_text(trace: Trace, tmp_path: Path) -> None:
    recorded = trace('friendsforever')
    transactions: list[list[Transaction]] = [[] for _ in range(recorded['numAgents'])]
    for transaction in concurrent(recorded):
        transactions[transaction.author].append(transaction)
    async with running(tmp_path / 'data') as collab:
        await collab.create('friends')
        people = [Author(i, transactions) for i in range(len(transactions))]
        done = asyncio.Event()
        async with asyncio.timeout(120), asyncio.TaskGroup() as group:
            for person in people:
                group.create_task(person.live(collab, done))
            while not all(str(p.replica.content) == recorded['endContent'] for p in people):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            done.set()
        assert await collab.text('friends') == recorded['endContent']
    async with running(tmp_path / 'data') as again:
        assert await again.text('friends') == recorded['endContent']
