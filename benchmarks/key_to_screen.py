"""How long a key takes to reach another tab's screen, through everything: two real tabs and the store.

    .venv/bin/python benchmarks/key_to_screen.py [keys]

Both tabs' clocks are one machine's clock (performance.timeOrigin + performance.now()). The time runs from the
keydown event in one tab to the moment the other tab's editor holds the letter, with every edit committed
before it is shown. Prints one line of JSON.
"""

import asyncio
import json
import platform
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.browser.conftest import CHROMIUM_FLAGS, EDITOR
from tests.conftest import find_chromium
from tests.support.running import running

KEYS = 200
PAUSE = 0.05
NOW = 'performance.timeOrigin + performance.now()'


async def watch(page: Page) -> None:
    """Note when each letter is in this tab's editor."""
    await page.evaluate(
        f"""() => {{
            window.seen = [];
            const view = {EDITOR}.view;
            new MutationObserver(() => {{
                while (window.seen.length < view.state.doc.length) window.seen.push({NOW});
            }}).observe(view.contentDOM, {{childList: true, subtree: true, characterData: true}});
        }}"""
    )


async def measure(keys: int) -> list[float]:
    """Milliseconds for each key."""
    with tempfile.TemporaryDirectory() as data:
        async with running(Path(data)) as collab, async_playwright() as playwright:
            await collab.create('doc')
            browser = await playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
            writer, reader = [await (await browser.new_context()).new_page() for _ in range(2)]
            for page in (writer, reader):
                await page.goto(f'{collab.url}/d/doc')
                await page.wait_for_selector('[data-testid=save-status][data-state=saved]')
            await watch(reader)
            await writer.evaluate(f'() => {{ window.pressed = []; onkeydown = () => pressed.push({NOW}) }}')
            await writer.locator('.cm-content').click()
            for _ in range(keys):
                await writer.keyboard.press('x')
                await asyncio.sleep(PAUSE)
            await reader.wait_for_function(f'window.seen.length === {keys}')
            pressed = await writer.evaluate('window.pressed')
            seen = await reader.evaluate('window.seen')
            await browser.close()
    return [after - before for before, after in zip(pressed, seen, strict=True)]


def main() -> None:
    """Measure and print."""
    times = asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else KEYS))
    percentiles = statistics.quantiles(times, n=100)
    print(
        json.dumps(
            {
                'what': 'key to the other screen, ms',
                'keys': len(times),
                'p50': round(statistics.median(times), 1),
                'p90': round(percentiles[89], 1),
                'p99': round(percentiles[98], 1),
                'machine': f'{platform.machine()}, {platform.system()}, Python {platform.python_version()}',
            }
        )
    )


if __name__ == '__main__':
    main()
