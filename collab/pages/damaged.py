"""The page of a document that does not pass its checksums: what happened, and the last good backup of it."""

import asyncio
import logging
import shlex
from collections.abc import Awaitable, Callable

from fastapi import Request
from nicegui import Client, ui

from collab.language.speaking import _
from collab.pages.missing import HOME, RETRY, go_to, message
from collab.pages.parts import Notice, Words, button, part
from collab.pages.words import exactly
from collab.rooms.hub import Hub
from collab.rooms.paces import TooFast
from collab.rooms.snapshots import text_of
from collab.storage.backups import Rescue

log = logging.getLogger(__name__)

FindRescue = Callable[[str], Awaitable[Rescue | None]]
"""Finds the newest backup that holds this document whole."""

PATIENCE = 4.0
"""Seconds that looking through the backups may take; then the page comes without."""


async def damaged(hub: Hub, document_id: str, request: Request, find: FindRescue) -> None:
    """Build the page. Nothing of what is stored is touched, here or by what it offers."""
    client = ui.context.client
    rescue = await _look(document_id, find)
    with client, message(_('This document is damaged'), 503):
        notice = Notice(client)
        Words(
            'p',
            _(
                'What is stored of it does not match its checksums, so it is not shown. Nothing was '
                'overwritten or deleted.'
            ),
        )
        if rescue is None:
            Words('p', _('No backup here holds it whole. Whoever runs this server may have another one.'))
        else:
            _explain(rescue, document_id)
        with part('div', 'message-actions'):
            if rescue is not None:
                copying = Copying(hub, document_id, find, notice, client)
                button(_('Open the backup as a copy'), copying.make, 'button-main', data_testid='open-backup')
            Words('a', _(RETRY), 'button', href=request.url.path)
            Words('a', _(HOME), 'button', href='/')


class Copying:
    """Makes a new document with the text of a backup, and opens it."""

    def __init__(self, hub: Hub, document_id: str, find: FindRescue, notice: Notice, client: Client) -> None:
        self._hub = hub
        self._document_id = document_id
        self._find = find
        self._notice = notice
        self._client = client
        self._busy = False

    async def make(self) -> None:
        """Make it, or say why not. A second click changes nothing."""
        if self._busy:
            return
        self._busy = True
        try:
            rescue = await self._find(self._document_id)  # again: a page keeps no whole document
            if rescue is None:
                raise LookupError(self._document_id)
            text = await asyncio.to_thread(text_of, rescue.stored)
            title = _(
                '{title} \u2013 backup of {moment}',
                title=rescue.stored.info.title,
                moment=exactly(rescue.made_at),
            )
            info = await self._hub.create(title, text=text)
        except TooFast as error:
            self._notice.say(_(str(error)))
        except Exception:
            log.exception('A copy of a backup could not be made.')
            self._notice.say(_('The copy could not be made just now. Please try again in a moment.'))
        else:
            go_to(self._client, info.id)
        finally:
            self._busy = False


async def _look(document_id: str, find: FindRescue) -> Rescue | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await find(document_id)
    except Exception as error:
        log.warning('The backups could not be searched for %s: %r', document_id, error)
        return None


def _explain(rescue: Rescue, document_id: str) -> None:
    Words('p', _('The newest backup that holds it whole is of {moment}.', moment=exactly(rescue.made_at)))
    Words('p', _('Whoever runs this server brings it back, for everybody and at this address, with:'))
    Words('pre', f'python main.py restore {shlex.quote(str(rescue.file))} {document_id}', 'command')
