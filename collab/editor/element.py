"""The editor as Python sees it: a value element whose value is a text that many people share."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from nicegui import ui
from nicegui.elements import mermaid  # noqa: F401  # its browser code is at hand when a preview has diagrams
from nicegui.events import Handler, ValueChangeEventArguments, handle_event

from collab.document.people import Person
from collab.document.roles import Act, Role, may
from collab.editor.channel import Channel
from collab.rooms.images import LIMIT
from collab.rooms.room import Room
from collab.rooms.watching import Happening

CHANGE_PAUSE = 0.1
"""Least time between two calls of an on_change handler, in seconds."""


@dataclass(frozen=True, slots=True)
class PageAction:
    """Something to do on the page around an editor, found in its palette by `name` or by other `words`.

    `do` is called, or names a button of the page (as CSS does) that the browser presses at once: what it does
    by itself, such as copying, it may only do while it handles a click or a key.
    """

    name: str
    do: Callable[[], Any] | str
    words: str = ''


class SharedEditor(
    ui.codemirror,
    component='shared_editor.js',
    esm={'collab-editor': 'dist'},
    default_classes='collab-editor',
):
    """An editor bound to the document of a room.

    `value` reads the text; setting it edits the document by the least changes, as `person`. The text
    itself never travels in element properties: the browser holds a replica of its own.

    :param room: an open room (`async with hub.open(...)`), held open by the page while the element lives
    :param person: who edits here
    :param on_change: called with the new text, at most ten times a second, whoever changed it
    :param language: a language of CodeMirror, for highlighting
    :param placeholder: shown while the text is empty
    :param label: what a screen reader calls the text
    :param actions: what else its palette offers
    :param images: the address to which pictures are sent that somebody pastes or drops; None: none are taken
    :param on_language: called with the language that somebody chose for the text; empty for plain text
    """

    def __init__(
        self,
        room: Room,
        person: Person,
        *,
        on_change: Handler[ValueChangeEventArguments[str]] | None = None,
        language: str | None = 'Markdown',
        placeholder: str = '',
        label: str = 'Document text',
        actions: Sequence[PageAction] = (),
        on_language: Callable[[str], Any] | None = None,
        images: str | None = None,
    ) -> None:
        self.room = room
        self.channel: Channel | None = None
        self._unwatch: Callable[[], None] | None = None
        super().__init__(line_wrapping=True)
        self._event_listeners = {
            key: listener
            for key, listener in self._event_listeners.items()
            if listener.type != f'update:{self.VALUE_PROP}'  # the text comes as CRDT updates only
        }
        self._change_handlers.clear()
        self._due: asyncio.TimerHandle | None = None
        self._last_change = 0.0
        self._last_value = ''
        self._props.update({'language': language, 'placeholder': placeholder, 'label': label})
        self._props['document'] = room.id  # its name for what the browser keeps until it is saved
        self._props['epoch'] = str(room.epoch)
        self._props['author'] = person.id  # what somebody else left in this browser is not theirs to send
        self._props['limit'] = room.limit
        if images is not None:
            self._props['images'] = images
            self._props['image-limit'] = LIMIT
        self._props['actions'] = _offered(
            tuple((each.name, each.words, each.do if isinstance(each.do, str) else '') for each in actions)
        )
        self._props['data-testid'] = 'editor'
        self.on('action', lambda event: _do(actions, event.args))
        if on_language is not None:
            self.on('language', lambda event: self._choose(event.args, on_language))
        self.channel = Channel(room, person, self.client, self.id)
        if on_change is not None:
            self.on_value_change(on_change)

    @property
    def value(self) -> str:
        """The text as it is now, whoever wrote it."""
        # The base class counts the characters of a first value, which takes seconds in a long text.
        return self.room.text if self.channel is not None else ''

    @value.setter
    def value(self, text: str | None) -> None:
        if self.channel is not None:  # the base class sets a first value, which is not ours to write
            self.room.set_text(text or '', author=self.channel.person.id)

    def on_value_change(self, callback: Handler[ValueChangeEventArguments[str]]) -> Self:
        """Call back when the text changed, at most ten times a second. Costs nothing while nobody does."""
        if (
            self._unwatch is None and self.channel is not None
        ):  # the base class registers a handler of its own
            self._last_value = self.value
            self._unwatch = self.room.watch(self._happened)
        return super().on_value_change(callback)

    def _happened(self, happening: Happening) -> None:
        if happening is Happening.TEXT and self._due is None:
            loop = asyncio.get_running_loop()
            pause = max(0.0, self._last_change + CHANGE_PAUSE - loop.time())
            self._due = loop.call_later(pause, self._tell_handlers)

    def _tell_handlers(self) -> None:
        self._due = None
        self._last_change = asyncio.get_running_loop().time()
        previous, self._last_value = self._last_value, self.value
        if previous == self._last_value:
            return
        arguments = ValueChangeEventArguments(
            sender=self, client=self.client, value=self._last_value, previous_value=previous
        )
        for handler in self._change_handlers:
            handle_event(handler, arguments)

    def written_in(self, language: str) -> None:
        """Show the text as one in this language; empty for plain text."""
        self._props['language'] = language

    def _choose(self, language: object, tell: Callable[[str], Any]) -> Any:
        may_edit = self.channel is not None and may(self.channel.role, Act.EDIT)
        if isinstance(language, str) and language in (*self.supported_languages, '') and may_edit:
            return tell(language)
        return None

    def _handle_enabled_change(self, enabled: bool) -> None:
        super()._handle_enabled_change(enabled)
        if self.channel is not None:
            self.channel.set_role(Role.EDITOR if enabled else Role.VIEWER)

    def _handle_delete(self) -> None:
        if self._unwatch is not None:
            self._unwatch()
        if self._due is not None:
            self._due.cancel()
        if self.channel is not None:
            self.channel.end()
        super()._handle_delete()

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        return [*super()._displayed_contents(only_visible=only_visible), self.value]


@lru_cache(maxsize=32)
def _offered(actions: tuple[tuple[str, str, str], ...]) -> tuple[dict[str, str], ...]:
    """What the browser needs of them; pages in one language share it."""
    return tuple({'name': name, 'words': words, 'button': button} for name, words, button in actions)


def _do(actions: Sequence[PageAction], number: object) -> Any:
    """What a browser asks for is one of these, or nothing."""
    do = actions[number].do if type(number) is int and 0 <= number < len(actions) else None
    return do() if callable(do) else None


class SaveStatus(ui.element, component='save_status.js'):
    """Says truthfully whether everything typed on this page is stored; works without the server."""


class PeopleHere(ui.element, component='people_here.js'):
    """Faces and names of who is here. A click on oneself is a `click`; on another, `go` with id and name.

    :param words: what it says itself: the `label` of the faces and of the list of all names, and what a
        click does, `change` or `go`
    """

    def __init__(self, words: dict[str, str]) -> None:
        super().__init__()
        self._props.update(words)

    def show(self, **what: object) -> None:
        """Show these `faces`, `others`, `me`, `you` and `count`; what is shown already travels no more."""
        self._props.update({name: value for name, value in what.items() if self._props.get(name) != value})

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        faces, others = self._props['faces'], self._props['others']
        return [self._props['count'], self._props['you'], *(name for _, name, *_ in (*faces, *others))]


class UnsentMark(ui.element, component='unsent_mark.js'):
    """Words that are seen only where edits of this document are in the browser and not on the server.

    :param document_id: which document
    :param waiting: said when opening the document sends them
    :param remaining: said when the person has to decide what becomes of them
    """

    def __init__(self, document_id: str, waiting: str, remaining: str) -> None:
        super().__init__()
        self._props.update({'document': document_id, 'waiting': waiting, 'remaining': remaining})


class UnsentEdits(ui.element, component='unsent_edits.js'):
    """Says what of somebody's edits was put back into the text, and offers them what could not be.

    Nothing is seen where nothing is. Needs a `SharedEditor` on the page; looks as the page's style says
    (`.unsent-edits`).

    :param document_id: which document
    """

    def __init__(self, document_id: str) -> None:
        super().__init__()
        self._props['document'] = document_id
