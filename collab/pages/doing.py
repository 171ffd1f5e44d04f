"""What somebody does with a document in the list, and what the page says when that does not work."""

import logging
from collections.abc import Awaitable, Callable

from nicegui import Client

from collab.document.people import Person
from collab.language.speaking import _
from collab.pages.exporting import ExportDialog
from collab.pages.keeping import GONE, NOT_NOW, keep_as_template
from collab.pages.missing import go_to
from collab.pages.parts import Notice
from collab.pages.words import shown
from collab.rooms.hub import Hub
from collab.rooms.paces import TooFast
from collab.rooms.ports import DocumentInfo, UnknownDocument
from collab.storage.templates import Templates

log = logging.getLogger(__name__)


class Doing:
    """One person at the list of documents. Nothing here raises: the page says what went wrong."""

    def __init__(self, hub: Hub, templates: Templates, client: Client, notice: Notice, me: Person) -> None:
        self._client = client
        self._templates = templates
        self._exports = ExportDialog(client, notice)
        self.hub = hub
        self.notice = notice
        self.me = me

    async def rename(self, info: DocumentInfo, title: str) -> None:
        """Give it a new title."""
        await self._try(info, lambda: self.hub.rename(info.id, title, self.me.id))

    async def pin(self, info: DocumentInfo, pinned: bool) -> None:
        """Keep it at the top of my list, or no more."""
        await self._try(info, lambda: self.hub.pin(self.me.id, info.id, pinned))

    async def duplicate(self, info: DocumentInfo) -> None:
        """Make a document with the same text."""
        made: list[DocumentInfo] = []
        title = _('Copy of {title}', title=shown(info.title))

        async def work() -> None:
            made.append(await self.hub.duplicate(info.id, title, self.me.id))

        if await self._try(info, work):
            self.notice.say(
                _('“{title}” was made.', title=made[0].title),
                _('Open it'),
                lambda: go_to(self._client, made[0].id),
            )

    def export(self, info: DocumentInfo) -> None:
        """Offer it as a file."""
        self._exports.open(info.id, info.title)

    async def keep_as_template(self, info: DocumentInfo) -> None:
        """Keep its text to begin other documents with."""
        await keep_as_template(self.hub, self._templates, self.notice, self.me.id, info.id)

    async def delete(self, info: DocumentInfo) -> None:
        """Move it to the trash, with a way back."""

        async def undo() -> None:
            try:
                await self.hub.restore(info.id)
            except Exception:
                log.exception('Document %s could not be taken back.', info.id)
                self.notice.say(_(NOT_NOW), _('Undo'), undo)

        if await self._try(info, lambda: self.hub.delete(info.id)):
            self.notice.say(_('“{title}” was deleted.', title=shown(info.title)), _('Undo'), undo, go=True)

    async def _try(self, info: DocumentInfo, work: Callable[[], Awaitable[object]]) -> bool:
        try:
            await work()
        except UnknownDocument:
            self.notice.say(_(GONE))
        except TooFast as error:
            self.notice.say(_(str(error)))
        except Exception:
            log.exception('Document %s could not be changed.', info.id)
            self.notice.say(_(NOT_NOW))
        else:
            return True
        return False
