"""One document in the list: its title, when it changed, who is in it, and what can be done with it."""

import logging
from collections.abc import Callable, Sequence

from nicegui import ui

from collab.document.people import Person
from collab.editor.element import UnsentMark
from collab.pages.faces import Face
from collab.pages.parts import Marked, Notice, Words, focus, icon_button, part
from collab.pages.words import ago, exactly, machine_time
from collab.rooms.hub import Hub
from collab.rooms.naming import TITLE_LENGTH
from collab.rooms.ports import DocumentInfo, UnknownDocument, milliseconds
from collab.rooms.shelf import Found

log = logging.getLogger(__name__)

FACES = 5
"""Faces shown in a row; more people are a number."""

GONE = 'Somebody deleted this document meanwhile.'
UNSENT = 'Edits of yours are on this device only. Open it to send them.'
REMAINING = 'Text of yours is on this device only. Open it to decide what becomes of it.'
NOT_NOW = 'This could not be stored just now. Please try again in a moment.'


class Row:
    """A row of the list. It is `busy` while somebody types a new title in it."""

    def __init__(self, hub: Hub, info: DocumentInfo, notice: Notice, changed: Callable[[], None]) -> None:
        self._hub = hub
        self._info = info
        self._notice = notice
        self._changed = changed
        self._people: Sequence[Person] = ()
        self._field: ui.input | None = None
        with part('li', 'document', data_testid='document-row') as self._row:
            with part('div', 'document-what') as self._what:
                self._title = Words('a', info.title, 'document-title', href=f'/d/{info.id}')
                self._line = Marked('p', 'document-line', data_testid='document-line')
                self._line.element.visible = False
                self._when = Words('time', '', 'document-when')
                UnsentMark(info.id, UNSENT, REMAINING).classes('document-unsent')
            self._faces = part('ul', 'faces faces-small', aria_label='In it now')
            with part('div', 'document-actions'):
                icon_button('rename', 'Rename', self.rename)
                icon_button('delete', 'Delete', self._delete, 'danger')

    @property
    def busy(self) -> bool:
        """Somebody types a new title here."""
        return self._field is not None

    def show(self, info: DocumentInfo, people: Sequence[Person], found: Found | None = None) -> None:
        """Show what the document is now, and the line by which it was found."""
        self._info = info
        self._line.show(found.line if found else '', found.marks if found else ())
        self._title.text = info.title
        self._when.text = ago(info.changed_at, milliseconds())
        self._when.props['title'] = exactly(info.changed_at)
        self._when.props['datetime'] = machine_time(info.changed_at)
        if list(people) != list(self._people):
            self._people = list(people)
            self._show_faces()

    def move(self, index: int) -> None:
        """Stand at this place of the list."""
        self._row.move(target_index=index)

    def delete(self) -> None:
        """Vanish from the list."""
        self._row.delete()

    def rename(self) -> None:
        """Put a field in place of the title."""
        if self._field is not None:
            return
        self._title.visible = False
        with self._what:
            field = ui.input(value=self._info.title)
        field.props(f'outlined dense autofocus maxlength={TITLE_LENGTH} aria-label="New title"')
        field.classes('document-field').mark('rename-field')
        field.on('focus', js_handler='(event) => event.target.select()')
        field.on('keydown.enter', self._keep_and_go_on, args=[])
        field.on('blur', self._keep, args=[])
        field.on('keydown.escape', self._leave_and_go_on, args=[])
        field.move(target_index=0)
        self._field = field

    async def _keep_and_go_on(self) -> None:
        focus(self._title)  # sent after the field has made room for it
        await self._keep()

    def _leave_and_go_on(self) -> None:
        focus(self._title)
        self._leave()

    async def _keep(self) -> None:
        if self._field is None:
            return
        title = (self._field.value or '').strip()
        self._leave()
        if not title or title == self._info.title:
            return
        self._title.text = title
        try:
            await self._hub.rename(self._info.id, title)
        except UnknownDocument:
            self._notice.say(GONE)
        except Exception:
            log.exception('Document %s could not be renamed.', self._info.id)
            self._notice.say(NOT_NOW)

    def _leave(self) -> None:
        if self._field is not None:
            field, self._field = self._field, None
            field.delete()
            self._title.visible = True
            self._changed()

    async def _delete(self) -> None:
        title, document_id = self._info.title, self._info.id

        async def undo() -> None:
            try:
                await self._hub.restore(document_id)
            except Exception:
                log.exception('Document %s could not be taken back.', document_id)
                self._notice.say(NOT_NOW, 'Undo', undo)

        try:
            await self._hub.delete(document_id)
        except UnknownDocument:
            self._notice.say(GONE)
        except Exception:
            log.exception('Document %s could not be deleted.', document_id)
            self._notice.say(NOT_NOW)
        else:
            self._notice.say(f'“{title}” was deleted.', 'Undo', undo, go=True)

    def _show_faces(self) -> None:
        self._faces.clear()
        with self._faces:
            for person in self._people[:FACES]:
                with part('li'):
                    Face(person)
            if len(self._people) > FACES:
                Words('li', f'+{len(self._people) - FACES}', 'faces-more')
