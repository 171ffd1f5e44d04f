"""The button with three dots, and the menu of what can be done that it opens."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from collab.language.speaking import N_, _
from collab.pages.parts import icon_button

LIKE_A_DIALOG = 'auto-close role=dialog'
"""Quasar's menus stand outside of all landmarks, where screen readers only look for dialogs."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu; its name is marked by N_."""

    name: str
    do: Callable[[], Any]
    marker: str


class More:
    """The menu is made when somebody asks for it: a row of a list must cost little."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._menu: ui.menu | None = None
        self.button = icon_button('more', N_('More'), self._open)
        self.button.props['aria-haspopup'] = 'dialog'

    def _open(self) -> None:
        if self._menu is None:
            with self.button, ui.menu().props(LIKE_A_DIALOG) as self._menu:
                self._menu.props['aria-label'] = _('More')
                for entry in self._entries:
                    ui.menu_item(_(entry.name), entry.do).props('role=button').mark(entry.marker)
            self._menu.open()
