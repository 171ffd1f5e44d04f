"""How long the page of the documents takes with ten thousand of them.

    .venv/bin/python benchmarks/documents_page.py [--quick]

For a real server and a real Chromium: the first load of a browser that has just been started, from a server
that nobody has asked for anything yet, and the median of six more; each from the navigation to the frame in
which the rows are drawn. A search takes from its last key until a row shows the word. How long it takes after
the start until all documents can be found is said in seconds.
"""

import asyncio
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import command
from benchmarks.page import chromium
from benchmarks.results import Benchmark, Case, Scale, Values
from benchmarks.server import pid, rest
from collab.document.change import Change
from collab.document.shared import SharedDocument
from collab.rooms.shelf import sort_key
from collab.storage import checksums
from models import open_database
from tests.support.running import running

if TYPE_CHECKING:
    from playwright.async_api import Page

LOADS = 7
WORDS = [f'{a}{b}{c}' for a in 'bdfgkl' for b in 'aeiou' for c in ('ndor', 'mpel', 'sti', 'rra', 'lv')]
ADD = """
    INSERT INTO documents (id, title, created_at, changed_at, changed_by, sort_key, epoch, seq)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
LOG = (
    'INSERT INTO updates (document_id, seq, author, created_at, "update", checksum) VALUES (?, ?, ?, ?, ?, ?)'
)
PAINTED = """() => new Promise((resolve) => {
    const look = () => document.querySelector('[data-testid=document-row]')
        ? requestAnimationFrame(() => resolve(performance.now())) : requestAnimationFrame(look);
    look();
})"""


async def listing(number: int) -> Values:
    """Open the page of so many documents again and again, and search in them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / 'data' / 'collab.db'
        await asyncio.to_thread(fill, file, number)
        async with running(file.parent) as collab, chromium() as browser:
            until_found = await indexed(file, number)
            await rest(pid(collab))
            page = await (await browser.new_context()).new_page()
            first, *again = [await painted(page, collab.url) for _ in range(LOADS)]
            searches = [await search(page, word) for word in WORDS[:LOADS]]
    return {
        'first load ms': first,
        'rows ms': statistics.median(again),
        'search ms': statistics.median(searches),
        'all found s': until_found,
    }


def fill(file: Path, number: int) -> None:
    """Make the documents, each with a text, as if they had been written one after the other."""
    file.parent.mkdir()
    asyncio.run(open_database(f'sqlite+aiosqlite:///{file}').dispose())
    now = time.time_ns() // 1_000_000
    with closing(sqlite3.connect(file)) as connection, connection:
        for n in range(number):
            document = SharedDocument()
            document.edit([Change(0, 0, '\n'.join(random.choices(WORDS, k=30)))])
            name, title, at = f'doc-{n}', f'{random.choice(WORDS)} {n}', now - n * 60_000
            connection.execute(ADD, (name, title, at, at, 'anyone', sort_key(title), 2 + n, 1))
            content = (name, 1, 'anyone', at, document.snapshot())
            connection.execute(LOG, (*content, checksums.of_update(*content)))
            document.close()


async def indexed(file: Path, number: int) -> float:
    """Return when all of them can be found, with the seconds that took."""
    began = time.perf_counter()
    index, count = file.with_name(f'{file.name}.search'), 0
    while count < number:
        await asyncio.sleep(0.1)
        if index.exists():
            with closing(sqlite3.connect(index)) as connection:
                if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'indexed'").fetchone():
                    (count,) = connection.execute('SELECT count(*) FROM indexed').fetchone()
    return time.perf_counter() - began


async def painted(page: 'Page', url: str) -> float:
    """Milliseconds from the navigation until the rows are drawn."""
    await page.goto(url, wait_until='commit')
    return float(await page.evaluate(PAINTED))


async def search(page: 'Page', word: str) -> float:
    """Milliseconds from the last key to a row that shows the word."""
    field = page.get_by_label('Search documents')
    await field.fill(word[:-1])
    await page.locator('.document-line mark').first.wait_for()
    began = time.perf_counter()
    await field.press_sequentially(word[-1])
    await page.locator('.document-line mark').get_by_text(word).first.wait_for()
    took = (time.perf_counter() - began) * 1000
    await field.fill('')
    await page.locator('.document-line').first.wait_for(state='hidden')
    return took


def cases(scale: Scale) -> list[Case]:
    """Ten thousand documents, or fewer."""
    number = {Scale.FULL: 10_000, Scale.QUICK: 2_000, Scale.SMOKE: 40}[scale]
    wanted = {'first load ms': 1_000.0, 'rows ms': 1_000.0} if scale is Scale.FULL else {}
    return [Case(f'{number:,} documents', partial(listing, number), at_most=wanted)]


BENCHMARK = Benchmark('documents_page', 'The list of documents, in Chromium', cases)

if __name__ == '__main__':
    raise SystemExit(command.main(BENCHMARK))
