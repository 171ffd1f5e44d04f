"""Somebody who writes in a browser, loses the network, and reads what the page says about it."""

from playwright.async_api import Dialog, expect

from tests.browser.conftest import EDITOR, WITHIN, Tab
from tests.support.running import Collab


class Writer:
    """Somebody who writes in a tab, and what the page says about it."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.page = tab.page
        self.dialogs: list[Dialog] = []
        self.page.on('dialog', self._answer)

    async def _answer(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog)
        await dialog.accept()

    async def open(self, url: str) -> 'Writer':
        await self.tab.open(url)
        return self

    async def type(self, text: str, delay: float = 0) -> None:
        await self.tab.content.click()
        await self.page.keyboard.press('Control+End')
        await self.page.keyboard.type(text, delay=delay)

    async def lose_the_network(self) -> None:
        await self.page.evaluate('window.socket.disconnect()')
        await self.tab.status('offline')

    async def kept(self) -> None:
        """Return when everything that is not saved is kept on this device."""
        condition = f'() => {{ const s = {EDITOR}?.status(); return s?.unsaved > 0 && s.kept === s.unsaved }}'
        await self.page.wait_for_function(condition, timeout=WITHIN)

    async def says(self, words: str) -> None:
        await expect(self.page.get_by_test_id('save-status')).to_contain_text(words, timeout=WITHIN)

    async def another_tab(self) -> 'Writer':
        """A second tab of the same browser."""
        return Writer(Tab(await self.page.context.new_page()))


async def stored(collab: Collab, tab: Tab, text: str) -> None:
    """The page and the server end up with exactly this text."""
    await tab.has(text)
    await tab.saved()
    assert await collab.text('doc') == text
