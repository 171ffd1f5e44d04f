"""Doing a thing once, shortly after many asked for it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from nicegui import Client, background_tasks


class Soon:
    """Calls `action` once, `pause` seconds after it was first asked; or after it was last asked, if `settle`.

    It belongs to a page and does nothing more when that is gone.
    """

    def __init__(
        self, client: Client, pause: float, action: Callable[[], Any], *, settle: bool = False
    ) -> None:
        self._client = client
        self._pause = pause
        self._action = action
        self._settle = settle
        self._due: asyncio.TimerHandle | None = None
        self._over = False
        client.on_delete(self._end)

    def ask(self) -> None:
        """Let it be done soon."""
        if self._due is not None and self._settle:
            self.cancel()
        if self._due is None and not self._over:
            self._due = asyncio.get_running_loop().call_later(self._pause, self._do)

    def cancel(self) -> None:
        """Let it not be done, until it is asked again."""
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _do(self) -> None:
        self._due = None
        with self._client:  # whoever asked, it is this page that speaks
            result = self._action()
        if asyncio.iscoroutine(result):
            background_tasks.create(self._finish(result), name='soon')

    async def _finish(self, work: Coroutine[Any, Any, object]) -> None:
        with self._client:
            await work

    def _end(self) -> None:
        self._over = True
        self.cancel()
