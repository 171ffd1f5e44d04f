"""The pages for what cannot be shown: each says why in plain words, and what can be done."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request
from nicegui import Client, app, ui

from collab.language.speaking import N_, _
from collab.pages.frame import frame, heading
from collab.pages.parts import Notice, Words, button, part
from collab.rooms.hub import Hub
from collab.rooms.naming import CHOSEN_ID
from collab.rooms.paces import TooFast
from collab.rooms.ports import DocumentExists

log = logging.getLogger(__name__)

HOME = N_('All documents')
RETRY = N_('Try again')
ANYWHERE_ELSE = '/{path:path}'


def register() -> None:
    """Answer for addresses where nothing is, and for pages that fail in a way nobody foresaw."""

    @ui.page(ANYWHERE_ELSE)
    def nowhere(path: str) -> None:
        with message(_('There is nothing at this address'), 404):
            Words('p', _('Perhaps the link was cut short. All documents are on the first page.'))
            Words('a', _(HOME), 'button button-main', href='/')

    def failed() -> None:
        with message(_('Something went wrong here'), 500):
            Words('p', _('The server could not make this page. What is stored is not touched by that.'))
            Words('a', _(HOME), 'button button-main', href='/')

    app.on_page_exception(failed)


def no_document(hub: Hub, document_id: str) -> None:
    """There is no document of this name; offer to make it."""
    with message(_('There is no document here'), 404):
        notice = Notice(ui.context.client)
        making = Making(hub, notice)
        Words('p', _('Nothing is kept at this address. Perhaps the link was cut short.'))
        with part('div', 'message-actions'):
            if CHOSEN_ID.fullmatch(document_id):
                make = _('Make “{name}”', name=document_id)
                button(make, lambda: making.make(document_id), 'button-main').mark('make-it')
            else:
                button(_('New document'), making.make, 'button-main', data_testid='new-document')
            Words('a', _(HOME), 'button', href='/')


def deleted(hub: Hub, document_id: str) -> None:
    """The document lies in the trash; offer to take it back."""
    client = ui.context.client
    with message(_('This document was deleted'), 404):
        notice = Notice(client)

        async def take_back() -> None:
            try:
                await hub.restore(document_id)
            except Exception:
                log.exception('Document %s could not be taken back.', document_id)
                notice.say(_('It could not be taken back just now. Please try again in a moment.'))
            else:
                go_to(client, document_id)

        Words('p', _('Nothing of it is lost: it can be taken back with all its text, for everybody.'))
        with part('div', 'message-actions'):
            button(_('Take it back'), take_back, 'button-main')
            Words('a', _(HOME), 'button', href='/')


def unavailable(request: Request) -> None:
    """The store does not answer."""
    with message(_('The server cannot read its documents just now'), 503):
        Words('p', _('Nothing is lost by that. It often passes by itself within a moment.'))
        Words('a', _(RETRY), 'button button-main', href=request.url.path)


class Making:
    """Makes a document and opens it, or says why not."""

    def __init__(self, hub: Hub, notice: Notice, me: str = '') -> None:
        self._hub = hub
        self._me = me
        self._notice = notice
        self._client = ui.context.client
        self._busy = False

    async def make(self, document_id: str | None = None) -> None:
        """Make it, under this id if one is given, and go there. A second click changes nothing."""
        if self._busy:
            return
        self._busy = True
        try:
            info = await self._hub.create(document_id or '', document_id=document_id, author=self._me)
        except DocumentExists:
            go_to(self._client, document_id or '')  # its own page says whether it was deleted
        except TooFast as error:
            self._notice.say(_(str(error)))
        except Exception:
            log.exception('A document could not be made.')
            self._notice.say(_('The document could not be made just now. Please try again in a moment.'))
        else:
            go_to(self._client, info.id)
        finally:
            self._busy = False


def go_to(client: Client, document_id: str) -> None:
    """Send this page to a document."""
    with client:
        ui.navigate.to(f'/d/{document_id}')


@contextmanager
def message(title: str, status: int) -> Iterator[None]:
    """A page with nothing on it but what is put into the block."""
    ui.context.client.status_code = status
    with frame(heading(title), 'message'), part('section', 'message'):
        Words('h1', title)
        yield
