"""The trash: what was deleted in the last thirty days, and a way back for each of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from fastapi import Request
from nicegui import Client, ui

from collab.language.speaking import N_, _, ngettext
from collab.pages import missing
from collab.pages.frame import frame, heading
from collab.pages.keeping import NOT_NOW
from collab.pages.parts import Dialog, Notice, Words, button, part
from collab.pages.soon import Soon
from collab.pages.words import ago, exactly, machine_time, shown
from collab.rooms.hub import Hub
from collab.rooms.ports import UnknownDocument, milliseconds
from collab.rooms.shelf import Trashed
from collab.rooms.trash import KEPT_DAYS

log = logging.getLogger(__name__)

PATIENCE = 6.0
"""Seconds that the store may take before the page says that it does not answer."""
PAUSE = 0.3
"""Seconds in which happenings gather before the page looks again."""
SHOWN = 200
"""Documents shown at most; what was deleted before them is still there."""

MEANWHILE = N_('Somebody was quicker: this document is not in the trash any more.')
EMPTY = N_('Nothing is in the trash.')


def register(hub: Hub) -> None:
    """The page /trash."""

    @ui.page('/trash', response_timeout=PATIENCE + 2)
    async def trash(request: Request, client: Client) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                found = await hub.trashed(SHOWN)
        except Exception as error:
            log.warning('The trash could not be listed: %r', error)
            missing.unavailable(request)
            return
        with frame(heading(_('Trash')), 'home'):
            TrashPage(hub, client).show(found)


class TrashPage:
    """One visitor's view of the trash, which follows what the others do."""

    def __init__(self, hub: Hub, client: Client) -> None:
        self._hub = hub
        self._notice = Notice(client)
        self._dialog = Dialog(client, _('Delete now'))
        self._shown: list[str] = []
        with part('div', 'title-row'):
            Words('h1', _('Trash'))
            Words('a', _(missing.HOME), 'button', href='/')
        self._words = Words('p', '', 'found', role='status')
        self._list = part('ul', 'documents', aria_label=_('Deleted documents'))
        self._soon = Soon(client, PAUSE, self._look)
        client.on_delete(hub.watch(lambda _: self._soon.ask()))

    def show(self, found: Sequence[Trashed]) -> None:
        """Show what is in the trash."""
        self._words.text = _kept() if found else _(EMPTY)
        self._list.visible = bool(found)
        ids = [one.info.id for one in found]
        if ids == self._shown:
            return
        self._shown = ids
        self._list.clear()
        with self._list:
            for one in found:
                self._row(one)

    def _row(self, one: Trashed) -> None:
        document_id, title = one.info.id, shown(one.info.title)
        with part('li', 'document deleted', data_testid='trash-row'):
            with part('div', 'document-what'):
                Words('span', title, 'document-title', dir='auto')
                when = Words(
                    'time', _('deleted {ago}', ago=ago(one.deleted_at, milliseconds())), 'document-when'
                )
                when.props['title'] = exactly(one.deleted_at)
                when.props['datetime'] = machine_time(one.deleted_at)
            with part('div', 'document-actions'):
                words = _('“{title}” was taken back.', title=title)
                take_back = partial(self._do, self._hub.restore, document_id, words)
                button(_('Take it back'), take_back, aria_label=_('Take “{title}” back', title=title))
                ask, for_good = partial(self._ask, one), _('Delete “{title}” for good', title=title)
                button(_('Delete now'), ask, aria_label=for_good)

    def _ask(self, one: Trashed) -> None:
        title = shown(one.info.title)

        async def delete() -> None:
            self._dialog.close()
            await self._do(self._hub.discard, one.info.id, _('“{title}” is gone.', title=title))

        with self._dialog.filled(), part('div', 'dialog', role='document'):
            Words('h2', _('Delete “{title}” for good?', title=title))
            Words('p', _('Its text and all of its history are gone then, for everybody.'))
            with part('div', 'dialog-actions'):
                button(_('Keep it'), self._dialog.close)
                button(_('Delete for good'), delete, 'button-danger')

    async def _do(self, work: Callable[[str], Awaitable[object]], document_id: str, words: str) -> None:
        try:
            await work(document_id)
        except UnknownDocument:
            self._notice.say(_(MEANWHILE))
        except Exception:
            log.exception('Document %s in the trash could not be changed.', document_id)
            self._notice.say(_(NOT_NOW))
        else:
            self._notice.say(words)
        self._soon.ask()

    async def _look(self) -> None:
        try:
            found = await self._hub.trashed(SHOWN)
        except Exception as error:
            log.warning('The trash could not be listed: %r', error)
        else:
            if not self._list.is_deleted:
                self.show(found)


def _kept() -> str:
    return ngettext(
        'Documents stay here for {number} day after somebody deleted them. Then they are gone for good.',
        'Documents stay here for {number} days after somebody deleted them. Then they are gone for good.',
        KEPT_DAYS,
    )
