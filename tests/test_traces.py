"""Recorded editing sessions of real people, typed again through a running server."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Doc, Text
from websockets.asyncio.client import ClientConnection, connect

from collab.document import protocol
from collab.document.admission import UNLIMITED
from collab.document.protocol import Reader
from collab.document.update import decode
from tests.support.running import Collab, running

pytestmark = pytest.mark.traces

Trace = Callable[[str], Any]
BURST = 500


class Replica:
    """A CRDT that is typed into; positions are characters, which in these recordings are all ASCII."""

    def __init__(self, client: int | None = None) -> None:
        self.doc: Doc[Text] = Doc(client_id=client)
        self.content = self.doc.get('content', type=Text)
        self.update = b''
        self._subscription = self.doc.observe(self._observe)

    def type(self, patches: list[tuple[int, int, str]]) -> bytes:
        """Make the changes of one transaction; the update that tells others of them."""
        with self.doc.transaction():
            for at, deleted, text in patches:
                if deleted:
                    del self.content[at : at + deleted]
                if text:
                    self.content.insert(at, text)
        return self.update

    def _observe(self, event: Any) -> None:
        self.update = event.update


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


@pytest.mark.parametrize('name', ['sveltecomponent', 'automerge-paper'])
async def test_a_session_typed_by_one_client_ends_in_its_recorded_text(
    name: str, trace: Trace, tmp_path: Path
) -> None:
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


@dataclass
class Transaction:
    """What one author did at once: the update, and how far the others had come when it was typed."""

    author: int
    update: bytes
    seen: dict[int, int]
    ends: dict[int, int] = field(default_factory=dict)
    deleted: list[tuple[int, int]] = field(default_factory=list)


def concurrent(recorded: Any) -> Iterator[Transaction]:
    """The transactions with exactly the concurrency of the recording: each typed on a replica that holds
    what its author had seen, and nothing else."""
    authors = [Replica(2_000 + i) for i in range(recorded['numAgents'])]
    made: list[Transaction] = []
    by_author: dict[int, list[Transaction]] = defaultdict(list)
    known: list[dict[int, int]] = []
    brought: list[dict[int, int]] = [defaultdict(int) for _ in authors]
    for transaction in recorded['txns']:
        author = transaction['agent']
        seen: dict[int, int] = defaultdict(int)
        for parent in transaction['parents']:
            for other, count in known[parent].items():
                seen[other] = max(seen[other], count)
        for other, count in seen.items():
            if other != author:
                for number in range(brought[author][other], count):
                    authors[author].doc.apply_update(by_author[other][number].update)
                brought[author][other] = max(brought[author][other], count)
        typed = Transaction(author, authors[author].type(transaction['patches']), dict(seen))
        sections, deletions, _ = decode(typed.update, UNLIMITED)
        typed.ends = {client: section.end for client, section in sections.items()}
        typed.deleted = [(d.client, clock) for d in deletions for clock in range(d.start, d.end)]
        by_author[author].append(typed)
        made.append(typed)
        known.append({**seen, author: seen[author] + 1})
    return iter(made)


class Author:
    """One of the recorded people, live: types on as soon as what they had seen has arrived."""

    def __init__(self, number: int, transactions: list[list[Transaction]]) -> None:
        self.number = number
        self.transactions = transactions
        self.replica = Replica()
        self.arrived = [0] * len(transactions)
        self.clocks: dict[int, int] = defaultdict(int)
        self.deleted: set[tuple[int, int]] = set()
        self.news = asyncio.Event()

    async def live(self, collab: Collab, done: asyncio.Event) -> None:
        async with connect(f'ws://127.0.0.1:{collab.port}/yjs/friends') as socket:
            await greet(socket)
            reading = asyncio.create_task(self.read(socket))
            for transaction in self.transactions[self.number]:
                while any(self.arrived[o] < n for o, n in transaction.seen.items() if o != self.number):
                    self.news.clear()
                    await self.news.wait()
                self.replica.doc.apply_update(transaction.update)
                await socket.send(protocol.update(transaction.update))
            while not all(
                a == len(t)
                for a, t in zip(self.arrived, self.transactions, strict=True)
                if t is not self.mine
            ):
                self.news.clear()
                await self.news.wait()
            await done.wait()
            await socket.close()
            await reading

    @property
    def mine(self) -> list[Transaction]:
        return self.transactions[self.number]

    async def read(self, socket: ClientConnection) -> None:
        async for message in socket:
            assert isinstance(message, bytes)
            if message[:2] != b'\x00\x02':
                continue
            reader = Reader(message[2:])
            self.take(reader.read_bytes())

    def take(self, update: bytes) -> None:
        self.replica.doc.apply_update(update)
        sections, deletions, _ = decode(update, UNLIMITED)
        for client, section in sections.items():
            self.clocks[client] = max(self.clocks[client], section.end)
        self.deleted |= {(d.client, clock) for d in deletions for clock in range(d.start, d.end)}
        for other, transactions in enumerate(self.transactions):
            while other != self.number and self.arrived[other] < len(transactions):
                expected = transactions[self.arrived[other]]
                if not self.has(expected):
                    break
                self.arrived[other] += 1
        self.news.set()

    def has(self, transaction: Transaction) -> bool:
        return self.deleted.issuperset(transaction.deleted) and all(
            self.clocks[client] >= end for client, end in transaction.ends.items()
        )


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
