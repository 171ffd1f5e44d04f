"""What the page of a document costs a browser: until one can read, over the line, and while others type.

    .venv/bin/python benchmarks/page.py [--quick] [--case typing]

Opening: a tab of a new browser profile opens a document of 100 kB; the time runs from the navigation to the
frame in which its text is shown. Transferred is what comes over the network as it is encoded there, WebSocket
frames included; NiceGUI's own files (with its CodeMirror and Mermaid) are counted apart. Long tasks keep the
page busy for more than 50 ms; the memory is that of JavaScript after a collection. Cold means that the server
has only just been started and nobody has asked for the document, warm that it is open.

Typing: ten others type five letters a second with their cursors while somebody types in the tab; frames are
counted as the browser draws them, and a key takes from its event to the second frame behind it. The same
beside the preview of a long text, and beside a tab of the same browser with the list of the documents.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import command, plain
from benchmarks.load import Load, type_all
from benchmarks.results import Benchmark, Case, Scale, Skipped, Values
from benchmarks.server import apart, pid, rest, serving, start
from benchmarks.spread import Spread
from benchmarks.typist import PROSE, Board, Typist, gather, start_text

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

SIZE = 100_000
OTHERS = 10
PAUSE = 0.12
"""Seconds between two keys of the person in the tab."""
OURS = ('collab', 'shared_editor', 'save_status', 'unsent_')
"""In the addresses of those of our files that NiceGUI serves."""

WATCH = """
    window.tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({duration}) => duration)))
        .observe({type: 'longtask', buffered: true});
    const look = () => {
        const text = document.querySelector('.cm-content')?.textContent ?? '';
        if (text.includes('quick brown fox')) window.readable = performance.now();
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
"""
COUNT = """() => {
    window.frames_ = []; window.keys_ = []; window.tasks.length = 0;
    const frame = (now) => { frames_.push(now); requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
    addEventListener('keydown', () => {
        const pressed = performance.now();
        requestAnimationFrame(() => requestAnimationFrame(() => keys_.push(performance.now() - pressed)));
    }, true);
}"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


@asynccontextmanager
async def chromium() -> AsyncIterator['Browser']:
    """A browser that has just been started."""
    from playwright.async_api import async_playwright

    from tests.browser.conftest import CHROMIUM_FLAGS
    from tests.conftest import find_chromium

    path = find_chromium()
    if path is None:
        raise Skipped('no Chromium here: apt install chromium')
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


class Line:
    """What came over the network to one tab, in bytes: of our own, and of NiceGUI's files."""

    def __init__(self, session: Any) -> None:
        self.ours = self.nicegui = 0.0
        self._urls: dict[str, str] = {}
        session.on('Network.requestWillBeSent', self._asked)
        session.on('Network.loadingFinished', self._came)
        session.on('Network.webSocketFrameReceived', self._said)

    def _asked(self, event: Any) -> None:
        self._urls[event['requestId']] = event['request']['url']

    def _came(self, event: Any) -> None:
        url, size = self._urls.get(event['requestId'], ''), event['encodedDataLength']
        if '/_nicegui' in url and not any(word in url for word in OURS):
            self.nicegui += size
        else:
            self.ours += size

    def _said(self, event: Any) -> None:
        self.ours += len(event['response']['payloadData'])


async def opening(warm: bool) -> Values:
    """Open the document once."""
    async with serving() as collab, chromium() as browser:
        await collab.create('doc', text=(PROSE * (SIZE // len(PROSE) + 1))[:SIZE])
        stays = await plain.join(collab.port, 'doc') if warm else None
        if not warm:
            collab.stop()
            await start(collab)
        await rest(pid(collab))
        page = await (await browser.new_context(viewport={'width': 1440, 'height': 900})).new_page()
        session = await page.context.new_cdp_session(page)
        await session.send('Network.enable')
        line = Line(session)
        await page.add_init_script(WATCH)
        await page.goto(f'{collab.url}/d/doc')
        await page.wait_for_function('window.readable')
        await page.wait_for_selector('[data-testid=save-status][data-state=saved]')
        await page.wait_for_load_state('networkidle')
        found = await looked_at(page, session)
        if stays is not None:
            stays.transport.abort()
    return found | {'kB of ours': line.ours / 1000, 'kB of NiceGUI': line.nicegui / 1000}


async def looked_at(page: 'Page', session: Any) -> Values:
    """When what was there, and what the page holds."""
    await session.send('HeapProfiler.collectGarbage')
    await session.send('Performance.enable')
    metrics = await session.send('Performance.getMetrics')
    heap = {m['name']: m['value'] for m in metrics['metrics']}['JSHeapUsedSize']
    tasks = await page.evaluate('window.tasks')
    return {
        'readable ms': await page.evaluate('window.readable'),
        'first paint ms': await page.evaluate(PAINTED),
        'long tasks': len(tasks),
        'longest ms': max(tasks, default=0.0),
        'MB of the tab': heap / 1e6,
    }


async def typing(seconds: float, size: int = 0, beside: str = '') -> Values:
    """Type in a tab while others do, in a text of so many letters more, and count its frames."""
    async with serving() as collab, chromium() as browser:
        await collab.create('doc', text=start_text(OTHERS) + PROSE * (size // len(PROSE)))
        context = await browser.new_context(viewport={'width': 1440, 'height': 900})
        if beside == 'list':
            await (await context.new_page()).goto(collab.url)
        page = await context.new_page()
        if beside == 'preview':
            await page.add_init_script("localStorage.setItem('collab-mode', 'both')")
        await page.add_init_script(WATCH)
        await page.goto(f'{collab.url}/d/doc')
        await page.wait_for_selector('[data-testid=save-status][data-state=saved]')
        others = asyncio.create_task(apart(others_type, collab.port, pid(collab), seconds + 3))
        await page.wait_for_function('document.querySelectorAll(".cm-collab-caret").length >= 5')
        await page.locator('.cm-content').click()
        await page.keyboard.press('Control+End')
        await page.evaluate(COUNT)
        began = asyncio.get_running_loop().time()
        while asyncio.get_running_loop().time() - began < seconds:
            await page.keyboard.press('x')
            await asyncio.sleep(PAUSE)
        drawn = await page.evaluate('frames_.slice(1).map((at, index) => at - frames_[index])')
        keys, tasks = await page.evaluate('[keys_, tasks]')
        await others
    frames, own = Spread(), Spread()
    for spread, values in ((frames, drawn), (own, keys)):
        for value in values:
            spread.add(value)
    return {
        'frames/s': 1000 * len(drawn) / sum(drawn),
        'frame p99 ms': frames.values()['p99 ms'],
        'key p50 ms': own.values()['p50 ms'],
        'key p99 ms': own.values()['p99 ms'],
        'long tasks': len(tasks),
    }


async def others_type(port: int, server: int, seconds: float) -> None:
    """Ten people, each at the end of a line of their own."""
    typists = [Typist(Board(), name) for name in range(OTHERS)]
    await gather(typists, OTHERS, port, plain.join)
    await type_all(typists, server, Load(OTHERS, seconds=seconds, warm_up=0.0, cursors=True))
    for typist in typists:
        typist.connection.transport.abort()


def cases(scale: Scale) -> list[Case]:
    """Opening, and typing."""
    wanted = {'readable ms': 1_000.0, 'kB of ours': 250.0} if scale is Scale.FULL else {}
    frames = {'frames/s': 59.0} if scale is Scale.FULL else {}
    seconds = {Scale.FULL: 15.0, Scale.QUICK: 6.0, Scale.SMOKE: 1.0}[scale]
    return [
        Case('a cold open of 100 kB', partial(opening, False), at_most=wanted),
        Case('a warm open of 100 kB', partial(opening, True), at_most=wanted),
        Case('typing with ten others', partial(typing, seconds), at_least=frames),
        Case('beside a preview of 100 kB', partial(typing, seconds, SIZE, 'preview'), at_least=frames),
        Case('beside the list', partial(typing, seconds, beside='list'), at_least=frames),
    ]


BENCHMARK = Benchmark('page', 'The page of a document, in Chromium', cases)

if __name__ == '__main__':
    raise SystemExit(command.main(BENCHMARK))
