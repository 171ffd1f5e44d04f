"""How fast recorded sessions of real people can be typed again, and whether the store keeps up.

    .venv/bin/python benchmarks/replay.py [--quick]

`friendsforever` by two live clients: each sends its next edit as soon as all has arrived that its author had
seen. `automerge-paper` by one client, while another one reads. Every edit is a message of its own. When the
readers have everything, the server is killed; what it lacks after its next start had not been stored.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import command, plain, sessions
from benchmarks.machine import cpu_seconds
from benchmarks.results import Benchmark, Case, Scale, Values
from benchmarks.server import apart, pid, serving, start
from collab.document import protocol
from tests.support.recorded import Arrivals, Replica, Transaction, concurrent

DONE_WITHIN = 300.0

Found = tuple[Values, str, int]
"""What was measured, the text that everybody should have, and how many have another one."""
Replay = Callable[[int, int, int | None], Coroutine[Any, Any, Found]]
"""Types at this port and kills the server of this process; so many edits, or all."""


class Live:
    """One of the recorded people."""

    def __init__(self, transactions: list[list[Transaction]], number: int) -> None:
        self.replica = Replica()
        self.done = asyncio.Event()
        self._mine = transactions[number]
        self._typed = 0
        self._arrivals = Arrivals(transactions, number)

    async def join(self, port: int) -> None:
        """Raises ConnectionError."""
        self.connection = await plain.join(port, 'doc', self._take)

    def type_on(self) -> None:
        """Type all that can be typed by now."""
        while self._typed < len(self._mine) and self._arrivals.enough_for(self._mine[self._typed]):
            update = self._mine[self._typed].update
            self._typed += 1
            self.replica.doc.apply_update(update)
            self.connection.send(protocol.update(update))
        if self._typed == len(self._mine) and self._arrivals.complete:
            self.done.set()

    def _take(self, message: bytes, now: float) -> None:
        update = plain.body(message)
        self.replica.doc.apply_update(update)
        self._arrivals.take(update)
        self.type_on()


async def two(most: int | None) -> Values:
    """The session of two."""
    sessions.session(sessions.FRIENDS)
    return await killed(friends, most)


async def one(most: int | None) -> Values:
    """The session of one."""
    sessions.session(sessions.PAPER)
    return await killed(paper, most)


async def killed(replay: Replay, most: int | None) -> Values:
    """Replay on a server of its own, which the replay kills; compare what is stored."""
    async with serving() as collab:
        await collab.create('doc')
        values, text, unequal = await apart(replay, collab.port, pid(collab), most)
        collab.kill()  # is dead already; this waits until it is gone
        await start(collab)
        stored = await collab.text('doc')
    behind = abs(len(text) - len(stored)) or int(text != stored)
    return {**values, 'unequal': unequal, 'lost': behind}


async def friends(port: int, server: int, most: int | None) -> Found:
    """Be both."""
    found = sessions.session(sessions.FRIENDS)
    found = found if most is None else found | {'txns': found['txns'][:most]}
    transactions: list[list[Transaction]] = [[] for _ in range(found['numAgents'])]
    for transaction in concurrent(found):
        transactions[transaction.author].append(transaction)
    people = [Live(transactions, number) for number in range(len(transactions))]
    for person in people:
        await person.join(port)
    used, own, began = cpu_seconds(server), time.process_time(), time.perf_counter()
    for person in people:
        person.type_on()
    async with asyncio.timeout(DONE_WITHIN):
        for person in people:
            await person.done.wait()
    os.kill(server, signal.SIGKILL)
    values = rates(sum(map(len, transactions)), server, began, used, own)
    texts = [str(person.replica.content) for person in people]
    text = found['endContent'] if most is None else texts[0]
    return values, text, sum(other != text for other in texts)


async def paper(port: int, server: int, most: int | None) -> Found:
    """Type it alone."""
    frames, text = sessions.updates(sessions.PAPER, most)
    used, own, began = cpu_seconds(server), time.process_time(), time.perf_counter()
    _, reader = await sessions.send(port, 'doc', frames)
    os.kill(server, signal.SIGKILL)
    values = rates(len(frames), server, began, used, own)
    return values, text, int(reader.text != text)


def rates(edits: int, server: int, began: float, used: float, own: float) -> Values:
    """What so many edits cost; the operating system still knows it of a process that is dead."""
    seconds = time.perf_counter() - began
    return {
        'edits/s': edits / seconds,
        'edits': edits,
        'server %': (cpu_seconds(server) - used) / seconds * 100,
        'generator %': (time.process_time() - own) / seconds * 100,
    }


def cases(scale: Scale) -> list[Case]:
    """Both sessions, or their beginnings."""
    most = {Scale.FULL: None, Scale.QUICK: 10_000, Scale.SMOKE: 300}[scale]
    wanted = {'edits/s': 5_000.0} if scale is Scale.FULL else {}
    return [
        Case('friendsforever by two', partial(two, most), at_least=wanted),
        Case('automerge-paper by one', partial(one, most)),
    ]


BENCHMARK = Benchmark('replay', 'Recorded sessions, typed again', cases)

if __name__ == '__main__':
    raise SystemExit(command.main(BENCHMARK))
