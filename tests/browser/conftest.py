"""A real Chromium and a real server for the stories in this folder."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.support.running import Collab, running

CHROMIUM_FLAGS = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
]
EDITOR = "document.querySelector('.collab-editor')?.__collab"
"""What a mounted editor shows to tests; undefined before. Who waits for something in it asks with `?.`."""
SHOWN = f'{EDITOR}?.view.state.doc.toString()'
RECONNECT = 'window.socket.io.opts.query.next_message_id = window.nextMessageId; window.socket.connect()'
"""What NiceGUI does by itself when a connection was lost: without the number it would load the page anew, and
what is typed into a title between the connection and that would be gone."""
SOONER = """{
    let socket
    const set = (made) => {
        socket = made
        made.io?.reconnectionDelay(50)
        made.io?.reconnectionDelayMax(500)
    }
    Object.defineProperty(window, 'socket', {get: () => socket, set})
}"""
"""Pages come back sooner than real ones, so that a story is short; what they do then is the same."""
SCROLLS = """() => {
    const text = document.querySelector('.cm-scroller')
    let step = 1
    const scroll = () => {
        text.scrollTop += step = -step
        requestAnimationFrame(scroll)
    }
    scroll()
}"""
"""Moves the text by a pixel to and fro, each frame: every frame has a scroll event."""
WITHIN = 15_000
"""Milliseconds that a page may take for anything; a slow machine must not fail a story."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They all run in one event loop, for it is the one of the browser, which they share."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if item.get_closest_marker('asyncio'):
                item.add_marker(pytest.mark.asyncio(loop_scope='session'), append=False)


class Tab:
    """A tab in which somebody writes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on('pageerror', lambda error: self.errors.append(str(error)))

    @property
    def content(self) -> Locator:
        return self.page.locator('.cm-content')

    async def open(self, url: str) -> 'Tab':
        await self.page.goto(url)
        await self.saved()
        return self

    async def saved(self) -> None:
        """Return when the page says that everything is stored."""
        await self.status('saved')

    async def status(self, state: str) -> None:
        await expect(self.page.get_by_test_id('save-status')).to_have_attribute(
            'data-state', state, timeout=WITHIN
        )

    async def text(self) -> str:
        """The text of this tab's replica."""
        text = await self.page.evaluate(f"{EDITOR}.doc.getText('content').toString()")
        assert isinstance(text, str)
        return text

    async def has(self, text: str) -> None:
        """Return when the tab shows exactly this text."""
        await self.page.wait_for_function(
            f'wanted => {SHOWN} === wanted',
            arg=text,
            timeout=WITHIN,
        )

    async def people(self, count: int) -> None:
        await expect(self.page.get_by_test_id('presence-count')).to_contain_text(str(count), timeout=WITHIN)


@pytest_asyncio.fixture(loop_scope='session')
async def collab(tmp_path: Path) -> AsyncIterator[Collab]:
    """A running server."""
    async with running(tmp_path / 'data') as collab:
        yield collab


@pytest_asyncio.fixture(scope='session', loop_scope='session')
async def one_browser(chromium: str) -> AsyncIterator[Browser]:
    """A real Chromium, for all tests that come."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope='session')
async def browser(one_browser: Browser) -> AsyncIterator[Browser]:
    """A real Chromium, which keeps nothing from one test to the next."""
    yield one_browser
    for context in one_browser.contexts:
        await context.close()


@pytest_asyncio.fixture(loop_scope='session')
async def visitor(browser: Browser) -> AsyncIterator[Callable[[], Awaitable[Tab]]]:
    """Makes a tab in a browser of its own, as another person has it. No page may have thrown an error."""
    tabs: list[Tab] = []

    async def arrive() -> Tab:
        context = await browser.new_context()
        await context.grant_permissions(['clipboard-read', 'clipboard-write'])
        await context.add_init_script(SOONER)
        tabs.append(Tab(await context.new_page()))
        return tabs[-1]

    yield arrive
    errors = [error for tab in tabs for error in tab.errors]
    for tab in tabs:
        await tab.page.context.close()
    assert errors == []
