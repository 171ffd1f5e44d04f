"""How long the page of the documents takes with ten thousand of them.

    .venv/bin/python benchmarks/documents_page.py [documents]

Prints, for a real server and a real Chromium, in milliseconds: the answer of the server, the first paint of
the rows (the median of several loads), and what a search takes from its last key until a row is there; and
in seconds how long it takes until all documents can be found.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.async_api import Page, async_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from collab.rooms.hub import Hub
from collab.rooms.indexing import Indexing
from collab.storage.documents import Documents
from models import open_database
from tests.browser.conftest import CHROMIUM_FLAGS
from tests.conftest import find_chromium
from tests.support.running import running

PAINTED = """() => new Promise((resolve) => {
    const look = () => document.querySelector('[data-testid=document-row]')
        ? requestAnimationFrame(() => resolve(performance.now())) : requestAnimationFrame(look);
    look();
})"""
ANSWERED = "() => performance.getEntriesByType('navigation')[0].responseEnd"


async def main(number: int, loads: int = 7) -> None:
    words = [f'{a}{b}{c}' for a in 'bdfgkl' for b in 'aeiou' for c in ('ndor', 'mpel', 'sti', 'rra', 'lv')]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / 'data' / 'collab.db'
        began = time.perf_counter()
        await fill(file, number, words)
        print(f'{number:,} documents made in {time.perf_counter() - began:.0f} s')
        async with running(file.parent) as collab, async_playwright() as playwright:
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


async def fill(file: Path, number: int, words: list[str]) -> None:
    """Make the documents, each with a text, and the index."""
    database = open_database(f'sqlite+aiosqlite:///{file}')
    store = Documents(database)
    hub = Hub(store, linger=0)
    hub.journal.start()
    for first in range(0, number, 100):
        await asyncio.gather(
            *(
                hub.create(f'{random.choice(words)} {n}', text='\n'.join(random.choices(words, k=30)))
                for n in range(first, min(first + 100, number))
            )
        )
    began = time.perf_counter()
    await Indexing(store, time.monotonic).catch_up()
    print(f'all of them can be found after {time.perf_counter() - began:.0f} s')
    await hub.drain()
    await database.dispose()


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
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
