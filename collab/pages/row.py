"""One document in the list: its title, when it changed, who is in it, and what can be done with it."""

from collections.abc import Callable, Sequence
from html import escape

from nicegui import ui

from collab.document.people import Person
from collab.editor.element import UnsentMark
from collab.language.speaking import N_, _
from collab.pages.contents import Entry
from collab.pages.doing import Doing
from collab.pages.faces import Face
from collab.pages.more import Entry as MenuEntry
from collab.pages.more import More
from collab.pages.parts import Html, Marked, Words, focus, icon_button, part
from collab.pages.words import ago, exactly, machine_time, shown
from collab.rooms.naming import TITLE_LENGTH
from collab.rooms.ports import DocumentInfo, milliseconds
from collab.rooms.shelf import Ranges

FACES = 5
"""Faces shown in a row; more people are a number."""

UNSENT = N_('Edits of yours are on this device only. Open it to send them.')
REMAINING = N_('Text of yours is on this device only. Open it to decide what becomes of it.')


class Row:
    """A row of the list. It is `busy` while somebody types a new title in it."""

    def __init__(self, doing: Doing, info: DocumentInfo, changed: Callable[[], None]) -> None:
        self._doing = doing
        self._info = info
        self._pinned = False
        self._changed = changed
        self._people: Sequence[Person] = ()
        self._field: ui.input | None = None
        self._line: Marked | None = None
        self._faces: ui.element | None = None
        with part('li', 'document', data_testid='document-row') as self._row:
            with part('div', 'document-what') as self._what:
                self._title = Marked('a', 'document-title', href=f'/d/{info.id}', dir='auto')
                self._title.element.mark('document-title')
                self._title.show(shown(info.title), ())
                self._when = Html('p', 'document-when', data_testid='document-when')
                UnsentMark(info.id, _(UNSENT), _(REMAINING)).classes('document-unsent')
            with part('div', 'document-actions'):
                self._pin_button = icon_button('pin', N_('Pin'), self._pin)
                icon_button('rename', N_('Rename'), self.rename)
                icon_button('delete', N_('Delete'), self._delete, 'danger')
                More(
                    [
                        MenuEntry(N_('Duplicate'), self._duplicate, 'duplicate'),
                        MenuEntry(N_('Export…'), self._export, 'export-document'),
                        MenuEntry(N_('Keep as template'), self._keep_as_template, 'keep-as-template'),
                    ]
                )

    @property
    def busy(self) -> bool:
        """Somebody types a new title here."""
        return self._field is not None

    def show(self, entry: Entry, people: Sequence[Person]) -> None:
        """Show what the document is now, and the line by which it was found."""
        info = self._info = entry.info
        found = entry.found
        self._show_line(found.line if found else '', found.marks if found else ())
        title = shown(info.title)
        self._title.show(title, found.title_marks if found and title == info.title else ())
        self._title.element.visible = not self.busy
        self._when.show(_changed(info.changed_at, entry.by))
        self._show_pinned(entry.pinned)
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
        self._title.element.visible = False
        with self._what:
            field = ui.input(value=self._info.title)
        field.props(f'outlined dense autofocus maxlength={TITLE_LENGTH} dir=auto')
        field.props['aria-label'] = _('New title')
        field.classes('document-field').mark('rename-field')
        field.on('focus', js_handler='(event) => event.target.select()')
        field.on('keydown.enter', self._keep_and_go_on, args=[])
        field.on('blur', self._keep, args=[])
        field.on('keydown.escape', self._leave_and_go_on, args=[])
        field.move(target_index=0)
        self._field = field

    async def _keep_and_go_on(self) -> None:
        focus(self._title.element)  # sent after the field has made room for it
        await self._keep()

    def _leave_and_go_on(self) -> None:
        focus(self._title.element)
        self._leave()

    async def _keep(self) -> None:
        if self._field is None:
            return
        title = (self._field.value or '').strip()
        self._leave()
        if not title or title == self._info.title:
            return
        self._title.show(title, ())
        await self._doing.rename(self._info, title)

    def _leave(self) -> None:
        if self._field is not None:
            field, self._field = self._field, None
            field.delete()
            self._title.element.visible = True
            self._changed()

    async def _delete(self) -> None:
        await self._doing.delete(self._info)

    async def _duplicate(self) -> None:
        await self._doing.duplicate(self._info)

    def _export(self) -> None:
        self._doing.export(self._info)

    async def _keep_as_template(self) -> None:
        await self._doing.keep_as_template(self._info)

    async def _pin(self) -> None:
        await self._doing.pin(self._info, not self._pinned)

    def _show_line(self, line: str, marks: Ranges) -> None:
        if self._line is None and line:  # made when it is needed: a row must cost little
            with self._what:
                self._line = Marked('p', 'document-line', data_testid='document-line')
            self._line.element.move(target_index=2 if self.busy else 1)
        if self._line is not None:
            self._line.show(line, marks)
            self._line.element.visible = bool(line)

    def _show_pinned(self, pinned: bool) -> None:
        if pinned != self._pinned:
            self._pinned = pinned
            self._pin_button.props['aria-pressed'] = str(pinned).lower()
            self._pin_button.props['title'] = _('Pinned: first in your list') if pinned else _('Pin')
            self._row.classes(toggle='pinned')

    def _show_faces(self) -> None:
        if self._faces is None:
            with self._row:
                self._faces = part('ul', 'faces faces-small', aria_label=_('In it now'))
            self._faces.move(target_index=1)
        self._faces.clear()
        with self._faces:
            for person in self._people[:FACES]:
                with part('li'):
                    Face(person)
            if len(self._people) > FACES:
                Words('li', f'+{len(self._people) - FACES}', 'faces-more')


def _changed(moment: int, by: str) -> str:
    """When a document changed, and by whom."""
    time = f'<time datetime="{machine_time(moment)}" title="{escape(exactly(moment))}">'
    who = ' ' + _('by {name}', name=by) if by else ''
    return f'{time}{escape(ago(moment, milliseconds()))}</time><span>{escape(who)}</span>'
