"""How long the page of the documents takes with ten thousand of them.

    .venv/bin/python benchmarks/documents_page.py [documents]

Prints, for a real server and a real Chromium, in milliseconds: the answer of the server, the first paint of
the rows (the median of several loads), and what a search takes from its last key until a row is there; and
in seconds how long it takes until all documents can be found.
"""

import asyncio
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from playwright.async_api import Page, async_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from collab.document.change import Change
from collab.document.shared import SharedDocument
from collab.rooms.shelf import sort_key
from collab.storage import checksums
from models import open_database
from tests.browser.conftest import CHROMIUM_FLAGS
from tests.conftest import find_chromium
from tests.support.running import running

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
ANSWERED = "() => performance.getEntriesByType('navigation')[0].responseEnd"


async def main(file: Path, words: list[str], number: int, loads: int = 7) -> None:
    async with running(file.parent) as collab, async_playwright() as playwright:
        await indexed(file, number)
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        page = await (await browser.new_context()).new_page()
        answers, paints = [], []
        for _ in range(loads):
            await page.goto(collab.url, wait_until='commit')
            paints.append(await page.evaluate(PAINTED))
            answers.append(await page.evaluate(ANSWERED))
        show('answer of the server', answers[1:])
        show('rows painted, warm', paints[1:])
        print(f'rows painted, first load: {paints[0]:.0f} ms')
        show('search until its first row', [await search(page, word) for word in words[:loads]])
        await browser.close()


def fill(file: Path, number: int, words: list[str]) -> None:
    """Make the documents, each with a text, as if they had been written one after the other."""
    file.parent.mkdir()
    asyncio.run(open_database(f'sqlite+aiosqlite:///{file}').dispose())
    now = time.time_ns() // 1_000_000
    with closing(sqlite3.connect(file)) as connection, connection:
        for n in range(number):
            document = SharedDocument()
            document.edit([Change(0, 0, '\n'.join(random.choices(words, k=30)))])
            name, title, at, update = (
                f'doc-{n}',
                f'{random.choice(words)} {n}',
                now - n * 60_000,
                document.snapshot(),
            )
            connection.execute(ADD, (name, title, at, at, 'anyone', sort_key(title), 2 + n, 1))
            content = (name, 1, 'anyone', at, update)
            connection.execute(LOG, (*content, checksums.of_update(*content)))
            document.close()


async def indexed(file: Path, number: int) -> None:
    """Return when all of them can be found."""
    began = time.perf_counter()
    index, count = file.with_name(f'{file.name}.search'), 0
    while count < number:
        await asyncio.sleep(0.5)
        if index.exists():
            with closing(sqlite3.connect(index)) as connection:
                (count,) = connection.execute('SELECT count(*) FROM indexed').fetchone()
    print(f'all {number:,} can be found {time.perf_counter() - began:.0f} s after the start')


async def search(page: Page, word: str) -> float:
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


def show(name: str, times: list[float]) -> None:
    print(f'{name}: {statistics.median(times):.0f} ms (at most {max(times):.0f})')


if __name__ == '__main__':
    NUMBER = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    WORDS = [f'{a}{b}{c}' for a in 'bdfgkl' for b in 'aeiou' for c in ('ndor', 'mpel', 'sti', 'rra', 'lv')]
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / 'data' / 'collab.db'
        fill(database, NUMBER, WORDS)
        asyncio.run(main(database, WORDS, NUMBER))
