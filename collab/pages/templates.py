"""The choice with what a new document begins: a plain page, one of ours, or a template of one's own."""

import logging
from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import Client, ui

from collab.pages.beginnings import BEGINNINGS
from collab.pages.keeping import NOT_NOW
from collab.pages.missing import go_to
from collab.pages.parts import Notice, Words, button, icon_button, part
from collab.rooms.hub import Hub
from collab.storage.templates import Kept, Templates

log = logging.getLogger(__name__)

GONE = 'This template is not there any more.'
NONE_YET = 'Any document can be kept as one: in its menu, “Keep as template”.'


class TemplateDialog:
    """Offers one person what a document may begin with; it belongs to one page."""

    def __init__(self, hub: Hub, templates: Templates, client: Client, notice: Notice, me: str) -> None:
        self._hub = hub
        self._templates = templates
        self._client = client
        self._notice = notice
        self._me = me
        self._busy = False
        with client, ui.dialog().props('aria-label="New from a template"') as self._dialog:
            self._sheet = part('div', 'dialog', role='document').mark('templates')

    async def open(self) -> None:
        """Show what there is."""
        try:
            own = await self._templates.list(self._me)
        except Exception:
            log.exception('The templates could not be listed.')
            self._notice.say(NOT_NOW)
            return
        self._sheet.clear()
        with self._sheet:
            Words('h2', 'New from a template')
            with part('ul', 'offers'):
                for name, words, text in BEGINNINGS:
                    self._offer(name, words, partial(self._make, name if text else '', text))
            Words('h3', 'Your own', 'offers-title')
            if own:
                with part('ul', 'offers'):
                    for kept in own:
                        self._offer_own(kept)
            else:
                Words('p', NONE_YET, 'offers-title')
            with part('div', 'dialog-actions'):
                button('Close', self._dialog.close)
        self._dialog.open()

    def _offer(self, name: str, words: str, make: Callable[[], Awaitable[None]]) -> ui.element:
        with part('li') as row, part('button', 'offer', type='button') as offer:
            Words('strong', name, dir='auto')
            if words:
                Words('span', words)
        offer.mark(f'begin {name}').on('click', make, args=[])
        return row

    def _offer_own(self, kept: Kept) -> None:
        with self._offer(kept.title, '', partial(self._make_own, kept)).mark('own-template'):
            remove = icon_button('delete', 'Remove', partial(self._remove, kept), 'danger')
            remove.props['aria-label'] = f'Remove “{kept.title}”'

    async def _make_own(self, kept: Kept) -> None:
        try:
            text = await self._templates.text(self._me, kept.id)
        except Exception:
            log.exception('A template could not be read.')
            self._notice.say(NOT_NOW)
            return
        if text is None:
            self._notice.say(GONE)
            await self.open()
        else:
            await self._make(kept.title, text)

    async def _make(self, title: str, text: str) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            info = await self._hub.create(title, text=text, author=self._me)
        except Exception:
            log.exception('A document could not be made of a template.')
            self._notice.say(NOT_NOW)
        else:
            self._dialog.close()
            go_to(self._client, info.id)
        finally:
            self._busy = False

    async def _remove(self, kept: Kept) -> None:
        try:
            await self._templates.remove(self._me, kept.id)
        except Exception:
            log.exception('A template could not be removed.')
            self._notice.say(NOT_NOW)
        else:
            await self.open()
