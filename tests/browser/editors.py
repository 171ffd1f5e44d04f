"""Editors that are not ours, in a real browser: bundled from npm as they are (tests/browser/foreign)."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.browser.conftest import WITHIN, Tab
from tests.support.running import Collab

BUNDLE = Path(__file__).parent / 'foreign' / 'client.bundle.js'
BLANK: dict[str, Any] = {'content_type': 'text/html', 'body': '<link rel="icon" href="data:,">'}
"""A page whose icon need not be asked for."""

Visitor = Callable[[], Awaitable[Tab]]


class Foreign:
    """An editor with y-websocket's provider; `name` is its variable in the page."""

    def __init__(self, tab: Tab, name: str) -> None:
        self.page = tab.page
        self.name = name

    async def join(self, collab: Collab, document_id: str, *, stranger: bool = False) -> None:
        """Join; as a `stranger`, without the session by which the server knows this browser."""
        await self.load(collab.url, stranger=stranger)
        server = collab.url.replace('http', 'ws')
        await self.page.evaluate(f'window.{self.name} = Foreign.{self.how(server, document_id)}; 0')
        await self.until('provider.synced')

    async def load(self, url: str, *, stranger: bool = False) -> None:
        """Have the bundle in a page of this server; pages of other origins may not connect.

        A `stranger` never asks the server for anything before, not even the icon of the page: the answer
        would bring a session, and the server would know this browser by it. A page that the server did not
        send has to be allowed to reach one on this machine (Chromium has known that permission since 142).
        """
        if stranger:
            await self.page.context.clear_cookies()
            await self.page.context.grant_permissions(['local-network-access'])
            await self.page.route(f'{url}/healthz', lambda route: route.fulfill(**BLANK))
        await self.page.goto(f'{url}/healthz')
        await self.page.add_script_tag(path=BUNDLE)

    def how(self, server: str, document_id: str) -> str:
        """The call that joins."""
        return f"join('{server}', '{document_id}')"

    async def until(self, true: str) -> None:
        await self.page.wait_for_function(f'window.{self.name}.{true}', timeout=WITHIN)

    async def type(self, text: str) -> None:
        """Letter by letter, at the end."""
        for letter in text:
            await self.add(letter)

    async def add(self, word: str) -> None:
        """All at once, at the end, so that nothing comes between its letters."""
        await self.page.evaluate(f"{self.name}.text.insert({self.name}.text.length, '{word}')")

    async def leave(self) -> None:
        """Be offline, until `come_back`."""
        await self.page.evaluate(f'{self.name}.provider.disconnect()')
        await self.until(self.offline)

    async def come_back(self) -> None:
        await self.page.evaluate(f'{self.name}.provider.connect(); 0')

    async def called(self, person: str) -> None:
        """Bear this name."""
        await self.page.evaluate(
            f"{self.name}.provider.awareness.setLocalStateField('user', {{name: '{person}'}})"
        )

    async def text(self) -> str:
        text = await self.page.evaluate(f'{self.name}.text.toString()')
        assert isinstance(text, str)
        return text

    offline = 'provider.wsconnected === false'


class Hocuspocus(Foreign):
    """An editor with Hocuspocus' provider, version 3 or 4."""

    offline = "provider.configuration.websocketProvider.status === 'disconnected'"

    def __init__(self, tab: Tab, name: str, version: int = 4) -> None:
        super().__init__(tab, name)
        self.version = version

    def how(self, server: str, document_id: str) -> str:
        return f"joinHocuspocus('{server}', '{document_id}', {self.version})"

    async def all_stored(self) -> None:
        """Return when the provider says that nothing of its own is unsynced."""
        await self.until('provider.unsyncedChanges === 0')
