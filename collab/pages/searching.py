"""The field in which people type what they look for; what is found shows while they type."""

from collections.abc import Awaitable, Callable

from nicegui import Client, ui

from collab.language.speaking import _
from collab.pages.soon import Soon

PAUSE = 0.15
"""Seconds after the last key, after which it is searched."""

SLASH = """(() => {
    if (window.collabSlash) return;
    window.collabSlash = true;
    addEventListener('keydown', (event) => {
        const typing = event.target.closest?.('input, textarea, [contenteditable]');
        if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || typing) return;
        event.preventDefault();
        document.querySelector('.search input')?.focus();
    });
})()"""
"""The key / goes to the field, as on many pages with one."""


class SearchField:
    """A field with a name; `on_query` hears of what is in it, a moment after the last key."""

    def __init__(self, client: Client) -> None:
        self.on_query: Callable[[str], Awaitable[None]] | None = None
        self._soon = Soon(client, PAUSE, self._tell, settle=True)
        self._field = ui.input(placeholder=_('Search titles and texts'))
        self._field.props('outlined dense clearable type=search maxlength=200 dir=auto')
        self._field.props['aria-label'] = _('Search documents')
        self._field.props('aria-keyshortcuts="/" clear-icon=close').classes('search').mark('search')
        self._field.on_value_change(self._soon.ask)
        self._field.on('keydown.escape', self._clear, args=[])
        client.on_connect(lambda: client.run_javascript(SLASH) and None)

    def _clear(self) -> None:
        self._field.value = ''

    async def _tell(self) -> None:
        if self.on_query is not None and not self._field.is_deleted:
            await self.on_query(self._field.value or '')
