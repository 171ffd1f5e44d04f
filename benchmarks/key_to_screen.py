"""How long a key takes to reach another tab's screen, through everything: two real tabs and the store.

    .venv/bin/python benchmarks/key_to_screen.py [--quick]

Both tabs' clocks are one machine's clock (performance.timeOrigin + performance.now()). The time runs from the
keydown event in one tab to the moment the other tab's editor holds the letter, with every edit committed
before it is shown. Chromium has all cores but shares them with the server.
"""

import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import command
from benchmarks.results import Benchmark, Case, Scale, Skipped, Values
from benchmarks.server import serving
from benchmarks.spread import Spread

if TYPE_CHECKING:
    from playwright.async_api import Page

PAUSE = 0.05
NOW = 'performance.timeOrigin + performance.now()'


async def measure(keys: int) -> Values:
    """So many keys, in a browser that has just been started."""
    from playwright.async_api import async_playwright

    from tests.browser.conftest import CHROMIUM_FLAGS
    from tests.conftest import find_chromium

    chromium = find_chromium()
    if chromium is None:
        raise Skipped('no Chromium here: apt install chromium')
    async with serving() as collab, async_playwright() as playwright:
        await collab.create('doc')
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        writer, reader = [await (await browser.new_context()).new_page() for _ in range(2)]
        for page in (writer, reader):
            await page.goto(f'{collab.url}/d/doc')
            await page.wait_for_selector('[data-testid=save-status][data-state=saved]')
        times = await press(writer, reader, keys)
        await browser.close()
    return times.values() | {'keys': times.count, 'lost': keys - times.count}


async def press(writer: 'Page', reader: 'Page', keys: int) -> Spread:
    """Press so many keys in one tab; how long until the other one showed them."""
    await watch(reader)
    await writer.evaluate(f'() => {{ window.pressed = []; onkeydown = () => pressed.push({NOW}) }}')
    await writer.locator('.cm-content').click()
    for _ in range(keys):
        await writer.keyboard.press('x')
        await asyncio.sleep(PAUSE)
    await reader.wait_for_function(f'window.seen.length === {keys}')
    times = Spread()
    pairs = zip(await writer.evaluate('window.pressed'), await reader.evaluate('window.seen'), strict=True)
    for before, after in pairs:
        times.add(after - before)
    return times


async def watch(page: 'Page') -> None:
    """Note when each letter is in this tab's editor."""
    from tests.browser.conftest import EDITOR

    await page.evaluate(
        f"""() => {{
            window.seen = [];
            const view = {EDITOR}.view;
            new MutationObserver(() => {{
                while (window.seen.length < view.state.doc.length) window.seen.push({NOW});
            }}).observe(view.contentDOM, {{childList: true, subtree: true, characterData: true}});
        }}"""
    )


def cases(scale: Scale) -> list[Case]:
    """One."""
    keys = {Scale.FULL: 200, Scale.QUICK: 50, Scale.SMOKE: 5}[scale]
    return [Case(f'{keys} keys', partial(measure, keys), at_most={'p50 ms': 20.0})]


BENCHMARK = Benchmark('key_to_screen', "A key to the other tab's screen, in Chromium", cases)

if __name__ == '__main__':
    raise SystemExit(command.main(BENCHMARK))
