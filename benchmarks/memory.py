"""What the server holds in memory: alone, for connections, pages and documents, and after they are gone.

    .venv/bin/python benchmarks/memory.py [--quick] [--case pages]

Resident memory as the operating system says it, each time when the server is at rest.
"""

import asyncio
import sys
from collections.abc import Awaitable, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import command, paged, plain, sessions, with_empty_page
from benchmarks.machine import megabytes
from benchmarks.plain import Member
from benchmarks.results import Benchmark, Case, Chart, Scale, Values
from benchmarks.server import apart, memory, pid, rest, serving
from collab.document import protocol
from tests.support import forged

AT_ONCE, PAGES_AT_ONCE = 20, 1
PERSONS = 20
"""Who opens thousands of documents: one alone would be held back."""
NOTHING = 'there-is-no-such-document'
"""Its page makes somebody known to the server, and holds nothing itself."""
WAIT = 10
"""Connections are asked now and then if they live; so many quiet times are enough to wait for rest."""
SAMPLES = (0, 10, 25, 50, 75, 100)


async def empty() -> Values:
    """A server that nobody has asked for anything."""
    async with serving() as collab:
        return {'MB': await memory(collab)}


async def connections(count: int) -> Values:
    """Connections to one document, and to as many documents."""
    async with serving() as collab:
        return await apart(connect_all, collab.port, pid(collab), count)


async def connect_all(port: int, server: int, count: int) -> Values:
    """Kilobytes for each."""
    warm = await together([plain.join(port, f'warm-{number}') for number in range(AT_ONCE)])
    before = await at_rest(server)
    some = await together([plain.join(port, 'one') for _ in range(count)])
    one = await at_rest(server)
    more = await together([plain.join(port, f'many-{number}') for number in range(count)])
    many = await at_rest(server)
    leave([*warm, *some, *more])
    return {
        'kB per connection': (one - before) * 1024 / count,
        'kB per connection and document': (many - one) * 1024 / count,
        'kB per open document': (many - 2 * one + before) * 1024 / count,
    }


async def pages(count: int, documents: int) -> Values:
    """Pages, each of somebody else, of so many documents, beside as many empty pages of the same server."""
    async with serving(program=Path(with_empty_page.__file__)) as collab:
        for number in range(documents):
            await collab.create(f'doc-{number}')
        return await apart(load_all, collab.port, pid(collab), count, documents)


async def load_all(port: int, server: int, count: int, documents: int) -> Values:
    """Kilobytes for each."""
    warm = await together([paged.join(port, 'doc-0') for _ in range(2)])
    warm += await together([paged.join_empty(port, with_empty_page.PATH) for _ in range(AT_ONCE)])
    before = await at_rest(server)
    some = await together([paged.join_empty(port, with_empty_page.PATH) for _ in range(count)])
    with_empty = await at_rest(server)
    coming = [paged.join(port, f'doc-{number % documents}') for number in range(count)]
    more = await together(coming, PAGES_AT_ONCE)
    with_all = await at_rest(server)
    leave([*warm, *some, *more])
    each, bare = (with_all - with_empty) * 1024 / count, (with_empty - before) * 1024 / count
    return {'kB per empty page': bare, 'kB per page': each, 'kB above an empty page': each - bare}


async def closed(count: int) -> Values:
    """After so many documents were opened, written in, and closed."""
    async with serving() as collab:
        before = await memory(collab)
        await apart(open_and_close, collab.port, count)
        after = await memory(collab)
    return {'MB before': before, 'MB after': after, 'growth %': (after / before - 1) * 100}


async def open_and_close(port: int, count: int) -> None:
    """One after the other, a few at the same time."""
    cookies = [(await paged.get(f'http://127.0.0.1:{port}/d/{NOTHING}'))[1] for _ in range(PERSONS)]

    async def visit(number: int) -> None:
        client = await plain.join(port, f'visited-{number}', cookie=cookies[number % PERSONS])
        edit = forged.update(forged.section(1_000_000 + number, 0, forged.text('some words')))
        client.send(protocol.update(edit))
        await client.close()

    for first in range(0, count, AT_ONCE):
        await asyncio.gather(*(visit(number) for number in range(first, min(count, first + AT_ONCE))))


async def streaming(most: int | None) -> Values:
    """While the recorded session comes in, edit by edit."""
    sessions.session(sessions.PAPER)
    async with serving() as collab:
        await collab.create('doc')
        await rest(pid(collab))
        found = await apart(stream, collab.port, pid(collab), most)
        return found | {'MB when closed': await memory(collab)}


async def stream(port: int, server: int, most: int | None) -> Values:
    """Megabytes by how much of it was sent."""
    frames, _ = sessions.updates(sessions.PAPER, most)
    found = [(0.0, megabytes(server))]
    seconds, _ = await sessions.send(
        port, 'doc', frames, lambda sent: found.append((sent / len(frames) * 100, megabytes(server)))
    )
    found.append((100.0, megabytes(server)))
    by = {f'MB at {share} %': next(held for at, held in found if at >= share) for share in SAMPLES}
    return by | {'most MB': max(held for _, held in found), 'edits/s': len(frames) / seconds}


async def together(joining: Sequence[Awaitable[Member]], at_once: int = AT_ONCE) -> list[Member]:
    """All of them, a few at the same time."""
    found: list[Member] = []
    for first in range(0, len(joining), at_once):
        found += await asyncio.gather(*joining[first : first + at_once])
    return found


def leave(members: Sequence[Member]) -> None:
    """Let all go."""
    for member in members:
        member.transport.abort()


async def at_rest(server: int) -> float:
    """Megabytes of the server once it has little to do."""
    await rest(server, patience=WAIT)
    return megabytes(server)


def cases(scale: Scale) -> list[Case]:
    """All that is promised about memory."""
    many = {Scale.FULL: 500, Scale.QUICK: 100, Scale.SMOKE: 3}[scale]
    documents = {Scale.FULL: 10_000, Scale.QUICK: 500, Scale.SMOKE: 5}[scale]
    most = {Scale.FULL: None, Scale.QUICK: 10_000, Scale.SMOKE: 300}[scale]
    page, plain_, grown = 'kB above an empty page', 'kB per connection', 'growth %'
    pages_ = {Scale.FULL: 200, Scale.QUICK: 50, Scale.SMOKE: 4}[scale]
    half = pages_ // 2
    bounded = scale is not Scale.SMOKE  # of a few, nothing can be said
    wanted = {page: 150.0} if bounded else {}
    return [
        Case('nobody there', empty, at_most={'MB': 130}),
        Case(f'{many} connections', partial(connections, many), at_most={plain_: 64} if bounded else {}),
        Case(f'{pages_} pages of {half} documents', partial(pages, pages_, half), at_most=wanted),
        Case(f'{pages_} pages of one document', partial(pages, pages_, 1), at_most=wanted),
        Case(f'{documents:,} documents opened and closed', partial(closed, documents), at_most={grown: 20}),
        Case('automerge-paper comes in', partial(streaming, most)),
    ]


CHART = Chart(
    'streaming',
    'Memory of the server while a long session comes in, edit by edit',
    '% of its edits',
    'megabytes',
    columns={f'MB at {share} %': share for share in SAMPLES},
)
BENCHMARK = Benchmark('memory', 'Memory of the server', cases, (CHART,))

if __name__ == '__main__':
    raise SystemExit(command.main(BENCHMARK))
