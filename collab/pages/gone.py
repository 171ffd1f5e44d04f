"""What the page of an open document says when the document was deleted, and when it is back."""

import logging
from collections.abc import Callable
from typing import Any

from nicegui import Client, ui

from collab.language.speaking import N_, _
from collab.pages.parts import Notice, Words, button, part
from collab.pages.soon import Soon
from collab.rooms.hub import Hub
from collab.rooms.ports import UnknownDocument
from collab.rooms.room import Room
from collab.rooms.watching import Happening

log = logging.getLogger(__name__)

PAUSE = 0.2
"""Seconds in which happenings gather before it is asked whether the document is back."""

DELETED = N_('This document was deleted. What you see is left on this page only.')
BACK = N_('This document was taken back.')

RELOAD = 'document.querySelector(".collab-editor")?.__collab?.status().unsaved === 0 && location.reload()'
"""Only where nothing would be lost by it: what was typed here and is not stored, people may want to copy."""


class Gone:
    """A bar over the text, made when the document ends. After a delete it waits for the return."""

    def __init__(self, hub: Hub, room: Room, client: Client, notice: Notice) -> None:
        self._hub = hub
        self._room = room
        self._client = client
        self._notice = notice
        self._deleted: bool | None = None
        self._soon = Soon(client, PAUSE, self._look)
        self._bar: ui.element | None = None

    def show(self) -> None:
        """Nobody may edit here any more: say why."""
        code, words = self._room.closed or ('', '')
        if code == 'restored':
            self._fill(words, N_('Reload'), self._open)  # pages do so by themselves, but not for ever
        elif code != 'gone':
            self._fill(words)
        elif self._deleted is None:
            self._show_deleted()
            self._client.on_delete(self._hub.watch(self._happened))
            self._soon.ask()  # somebody may have been quicker

    def _happened(self, happening: Happening) -> None:
        if happening in (Happening.TITLE, Happening.GONE):
            self._soon.ask()

    async def _look(self) -> None:
        try:
            await self._hub.describe(self._room.id)
        except UnknownDocument:
            self._show_deleted()
        except Exception as error:
            log.warning('Document %s could not be looked at: %r', self._room.id, error)
        else:
            self._show_back()

    def _show_deleted(self) -> None:
        if self._deleted is not True:
            self._deleted = True
            self._fill(DELETED, N_('Take it back'), self._take_back)

    def _show_back(self) -> None:
        if self._deleted is not False:
            self._deleted = False
            self._fill(BACK, N_('Open it again'), self._open)
            self._client.run_javascript(RELOAD)

    async def _take_back(self) -> None:
        try:
            await self._hub.restore(self._room.id)
        except Exception:
            log.exception('Document %s could not be taken back.', self._room.id)
            self._notice.say(_('It could not be taken back just now. Please try again in a moment.'))
        else:
            self._open()

    def _open(self) -> None:
        with self._client:
            ui.navigate.to(f'/d/{self._room.id}')

    def _fill(self, words: str, action: str = '', do: Callable[[], Any] | None = None) -> None:
        if self._client.is_deleted:
            return
        if self._bar is None:
            with self._client:
                self._bar = part('div', 'gone', role='alert').move(target_index=0)
        self._bar.clear()
        with self._bar:
            Words('span', _(words))
            if do is not None:
                button(_(action), do, 'button-main')
