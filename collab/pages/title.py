"""The title of a document: everybody can change it, and sees at once what others make of it."""

import asyncio
import logging

from nicegui import Client, ui

from collab.language.speaking import _
from collab.pages.frame import heading
from collab.pages.parts import Notice, Words
from collab.pages.soon import Soon
from collab.pages.words import shown
from collab.rooms.hub import Hub
from collab.rooms.naming import TITLE_LENGTH, UNTITLED, clean_title
from collab.rooms.paces import TooFast
from collab.rooms.ports import UnknownDocument
from collab.rooms.room import Room

log = logging.getLogger(__name__)

PAUSE = 0.25
"""Seconds in which keys gather before the title is kept, and the others see it."""


class TitleField:
    """A field that is saved while somebody types in it.

    It shows what others make of the title, but never in place of letters that are not kept yet.
    """

    def __init__(self, hub: Hub, room: Room, client: Client, notice: Notice) -> None:
        self._hub = hub
        self._room = room
        self._notice = notice
        self.author = ''
        self._client = client
        self._inside = False
        self._typed = False
        self._showing = False
        self._saving = asyncio.Lock()
        self._soon = Soon(client, PAUSE, self._save)
        self._heading = Words('h1', shown(room.title), 'aside')
        self._field = ui.input(value=_shown(room.title), placeholder=_(UNTITLED), on_change=self._changed)
        self._field.props(
            f'borderless dense maxlength={TITLE_LENGTH} autocomplete=off dir=auto data-testid=title'
        )
        self._field.props['aria-label'] = _('Title')
        self._field.classes('title-field').mark('title')
        self._field.on('focus', self._enter, args=[])
        self._field.on('blur', self._leave, args=[])
        self._field.on('keydown.enter', self._save, args=[])

    def show(self) -> None:
        """The document has a new title."""
        self._heading.text = shown(self._room.title)
        with self._client:
            ui.page_title(heading(shown(self._room.title)))
        if self._typed or self._saving.locked():
            return  # the newest title is the one that is being typed here
        if self._inside and clean_title(self._field.value or '') == self._room.title:
            return  # "Two " may become "Two words"
        self._put(_shown(self._room.title))

    def focus(self) -> None:
        """Let the person type a title."""
        self._field.run_method('select')

    def disable(self) -> None:
        """The title cannot be changed any more."""
        self._soon.cancel()
        self._field.disable()

    def _put(self, title: str) -> None:
        if self._field.value != title:
            self._showing = True
            self._field.value = title
            self._showing = False

    def _enter(self) -> None:
        self._inside = True

    async def _leave(self) -> None:
        self._inside = False
        await self._save()

    def _changed(self) -> None:
        if not self._showing:
            self._typed = True
            if (self._field.value or '').strip():
                self._soon.ask()

    async def _save(self) -> None:
        self._soon.cancel()
        async with self._saving:  # one after the other, or an older title could come last
            if self._typed:
                self._typed = False
                await self._store(self._field.value or '')
        self.show()

    async def _store(self, typed: str) -> None:
        try:
            await self._hub.rename(self._room.id, typed, self.author)
        except UnknownDocument:
            pass  # deleted: the page says so itself
        except TooFast as error:
            self._typed = True
            self._notice.say(_(str(error)), _('Try again'), self._save)
        except Exception:
            log.exception('Document %s could not be renamed.', self._room.id)
            self._typed = True
            self._notice.say(_('The title could not be stored just now.'), _('Try again'), self._save)


def _shown(title: str) -> str:
    return '' if title == UNTITLED else title
