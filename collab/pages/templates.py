"""The choice with what a new document begins: a plain page, one of ours, or a template of one's own."""

import logging
from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import Client, ui

from collab.language.speaking import N_, _
from collab.pages.beginnings import BEGINNINGS
from collab.pages.keeping import NOT_NOW
from collab.pages.missing import go_to
from collab.pages.parts import Dialog, Notice, Words, button, focus, icon_button, part
from collab.pages.words import shown
from collab.rooms.hub import Hub
from collab.rooms.paces import TooFast
from collab.storage.templates import Kept, Templates

log = logging.getLogger(__name__)

GONE = N_('This template is not there any more.')
NONE_YET = N_('Any document can be kept as one: in its menu, “Keep as template”.')


class TemplateDialog:
    """Offers one person what a document may begin with; it belongs to one page."""

    def __init__(self, hub: Hub, templates: Templates, client: Client, notice: Notice, me: str) -> None:
        self._hub = hub
        self._templates = templates
        self._client = client
        self._notice = notice
        self._me = me
        self._busy = False
        self._dialog = Dialog(client, _('New from a template'))

    async def open(self) -> None:
        """Show what there is."""
        try:
            own = await self._templates.list(self._me)
        except Exception:
            log.exception('The templates could not be listed.')
            self._notice.say(_(NOT_NOW))
            return
        with self._dialog.filled(), part('div', 'dialog', role='document').mark('templates'):
            Words('h2', _('New from a template'))
            with part('ul', 'offers'):
                for name, words, text in BEGINNINGS:
                    title = _(name) if text else ''
                    make = partial(self._make, title, _(text) if text else '')
                    self._offer(_(name), _(words), make, name)
            Words('h3', _('Your own'), 'offers-title')
            if own:
                with part('ul', 'offers'):
                    for kept in own:
                        self._offer_own(kept)
            else:
                Words('p', _(NONE_YET), 'offers-title')
            with part('div', 'dialog-actions'):
                self._close = button(_('Close'), self._dialog.close)

    async def _open_again(self) -> None:
        """In place of what was there, and with it of what was clicked: the keyboard needs another place."""
        await self.open()
        focus(self._close)

    def _offer(self, name: str, words: str, make: Callable[[], Awaitable[None]], marker: str) -> ui.element:
        with part('li') as row, part('button', 'offer', type='button') as offer:
            Words('strong', name, dir='auto')
            if words:
                Words('span', words)
        offer.mark(f'begin {marker}').on('click', make, args=[])
        return row

    def _offer_own(self, kept: Kept) -> None:
        make = partial(self._make_own, kept)
        with self._offer(shown(kept.title), '', make, kept.title).mark('own-template'):
            remove = icon_button('delete', N_('Remove'), partial(self._remove, kept), 'danger')
            remove.props['aria-label'] = _('Remove “{title}”', title=shown(kept.title))

    async def _make_own(self, kept: Kept) -> None:
        try:
            text = await self._templates.text(self._me, kept.id)
        except Exception:
            log.exception('A template could not be read.')
            self._notice.say(_(NOT_NOW))
            return
        if text is None:
            self._notice.say(_(GONE))
            await self._open_again()
        else:
            await self._make(kept.title, text)

    async def _make(self, title: str, text: str) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            info = await self._hub.create(title, text=text, author=self._me)
        except TooFast as error:
            self._notice.say(_(str(error)))
        except Exception:
            log.exception('A document could not be made of a template.')
            self._notice.say(_(NOT_NOW))
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
            self._notice.say(_(NOT_NOW))
        else:
            await self._open_again()
