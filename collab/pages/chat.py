"""Talk beside the text: a button that counts what is new, and a panel that is made when first opened."""

import json
import logging
from collections.abc import Callable
from typing import Any

from nicegui import Client, events, ui

from collab.document.people import Person
from collab.document.roles import Role
from collab.language.speaking import N_, _, ngettext
from collab.pages.conversation import Conversation
from collab.pages.parts import Words, button, focus, icon_button, part
from collab.pages.visitors import Visitors
from collab.rooms.ports import UnknownDocument
from collab.rooms.room import Room
from collab.rooms.talk import LENGTH, Message, Talk, TooLong

log = logging.getLogger(__name__)

PAGE = 30
"""Messages read at once."""
MOST_COUNTED = 99
ALOUD = 200
"""Characters of a message that are read aloud."""
CUT = 4 * LENGTH + 1
"""Characters of a message that are read at all: it is too long then, and what is given back is no more."""
MINUTE = 60.0

SUBMIT = """(event) => {
    event.preventDefault();
    const field = event.target.querySelector('textarea');
    if (!field.value.trim()) return;
    emit(field.value);
    field.value = '';
}"""
ENTER = """(event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    event.target.form.requestSubmit();
}"""
ESCAPE = """(event) => {
    if (event.key === 'Escape' && !event.isComposing) emit();
}"""
BACK = """const field = getHtmlElement(ID);
field.value = TEXT + (field.value ? '\\n' + field.value : '');"""
BEGIN = """getHtmlElement(matchMedia('(pointer: fine)').matches ? FIELD : LIST)?.focus()"""
"""On a phone the keyboard would cover what was said."""


class Chat:
    """The chat of one document on one page. `say` has news read aloud, if the person wants that."""

    def __init__(
        self, talk: Talk, visitors: Visitors, room: Room, client: Client, say: Callable[[str], None]
    ) -> None:
        self._talk = talk
        self._visitors = visitors
        self._room = room
        self._client = client
        self._aloud = say
        self.me: Person | None = None
        self.place = client.content
        self.role: Callable[[], Role] = lambda: Role.VIEWER
        self._unread = 0
        self._is_open = self._asked = False
        self._panel: ui.element | None = None
        self._badge: Words | None = None
        client.on_delete(talk.listen(room.id, self._listen))
        client.on_connect(self._count)

    def build_button(self) -> None:
        """What opens it, to stand in the header."""
        self._button = icon_button('chat', N_('Chat'), self.toggle, 'chat-button')
        self._button.props['aria-expanded'] = 'false'

    async def toggle(self) -> None:
        """Open it, or close it."""
        await (self.close() if self._is_open else self.open())

    async def open(self) -> None:
        """Show what was said last, and let the person say something."""
        if self._panel is None:
            self._panel = self._build_panel()
        self._is_open = self._panel.visible = True
        self._show_unread()
        await self._load()
        script = BEGIN.replace('FIELD', str(self._field.id)).replace('LIST', str(self._list.id))
        self._client.run_javascript(script)

    async def close(self) -> None:
        """Put it away. What was being written stays in the field."""
        if self._panel is None:
            return
        last = self._talk_shown.last
        self._is_open = self._panel.visible = False
        self._talk_shown.clear()
        self._unread = 0
        self._show_unread()
        focus(self._button)
        await self._saw(last)

    def _build_panel(self) -> ui.element:
        with self.place, part('aside', 'chat', aria_label=_('Chat'), data_testid='chat') as panel:
            with part('header', 'chat-header'):
                Words('h2', _('Chat'))
                icon_button('close', N_('Close the chat'), self.close)
            # The announcer reads news aloud, or does not: so the log itself is silent.
            self._list = part(
                'div', 'chat-scroll', role='log', aria_live='off', aria_label=_('Messages'), tabindex=0
            )
            with self._list, part('div', 'chat-all'):
                self._earlier = button(_('Earlier messages'), self._load_earlier, 'chat-earlier')
                self._earlier.visible = False
                self._nothing = Words('p', _('Nobody has said anything here yet.'), 'chat-nothing')
                self._talk_shown = Conversation()
            self._trouble = Words('p', '', 'chat-trouble', role='alert')
            with part('form', 'chat-form') as form:
                self._field = part(
                    'textarea', 'chat-field', rows=2, maxlength=LENGTH, placeholder=_('Message')
                )
                self._field.props['aria-label'] = _('Message')
                self._field.on('keydown', js_handler=ENTER)
                Words('button', _('Send'), 'button button-main', type='submit')
            form.on('submit', self._send, js_handler=SUBMIT).mark('chat-form')
            ui.timer(MINUTE, lambda: self._talk_shown.refresh())
        panel.on('keydown', self.close, js_handler=ESCAPE)
        self._button.props['aria-controls'] = panel.html_id
        return panel

    async def _send(self, event: events.GenericEventArguments) -> None:
        text = event.args[:CUT] if isinstance(event.args, str) else ''
        if self.me is None:
            return
        self._trouble.text = ''
        try:
            await self._talk.say(self._room.id, self.me.id, self.role(), text)
        except TooLong:
            most = ngettext(
                'A message has at most {number} character.',
                'A message has at most {number} characters.',
                LENGTH,
            )
            self._give_back(text, most)
        except (PermissionError, ValueError) as error:
            self._give_back(text, _(str(error)))
        except UnknownDocument:
            self._give_back(text, _('This document was deleted.'))
        except Exception:
            log.exception('A message in document %s could not be stored.', self._room.id)
            self._give_back(text, _('This could not be stored just now. Send it again in a moment.'))

    def _give_back(self, text: str, words: str) -> None:
        self._trouble.text = words
        script = BACK.replace('ID', str(self._field.id)).replace('TEXT', json.dumps(text))
        self._client.run_javascript(script)

    def _listen(self, message: Message) -> None:
        with self._client:  # whoever said it
            self._heard(message)

    def _heard(self, message: Message) -> None:
        name = self._name(message.author)
        mine = self.me is not None and message.author == self.me.id
        if self._is_open:
            self._talk_shown.add(message, name)
            self._nothing.visible = False
        elif not mine:
            self._unread += 1
            self._show_unread()
        if not mine:
            self._aloud(_('{name}: {message}', name=name, message=message.text[:ALOUD]))

    def _name(self, author: str) -> str:
        """Who speaks is nearly always here."""
        names = (person.name for person in self._room.people() if person.id == author)
        return next(names, None) or _('Somebody')

    async def _load(self) -> None:
        self._talk_shown.clear()
        self._nothing.visible = False
        if await self._show_before(None):  # what is said meanwhile is shown at once
            self._nothing.visible = not self._talk_shown.last
            self._unread = 0
            self._show_unread()
            await self._saw(self._talk_shown.last)

    async def _load_earlier(self) -> None:
        await self._show_before(self._talk_shown.first)

    async def _show_before(self, number: int | None) -> bool:
        """Show what was said before this message (None: last); whether it could be read."""
        try:
            found = list(await self._talk.messages.before(self._room.id, number, PAGE + 1))
            names = await self._visitors.names({message.author for message in found})
            names |= {person.id: person.name for person in self._room.people()}  # as their faces are
        except UnknownDocument:
            found, names = [], {}
        except Exception:
            log.exception('The chat of document %s could not be read.', self._room.id)
            self._trouble.text = _('What was said could not be read just now.')
            return False
        else:
            self._trouble.text = ''
        self._earlier.visible = len(found) > PAGE
        self._talk_shown.add_earlier(found[-PAGE:], names)
        return True

    async def _saw(self, number: int) -> None:
        if self.me is not None and number:
            await self._quietly(self._talk.messages.saw(self._room.id, self.me.id, number))

    async def _count(self) -> None:
        """Once, when the page is there: how much was said since this person last looked."""
        if self._asked or self.me is None:
            return
        self._asked = True
        unseen = self._talk.messages.unseen(self._room.id, self.me.id, MOST_COUNTED + 1)
        found = await self._quietly(unseen)
        if isinstance(found, int) and found and not self._is_open:
            self._unread = found
            self._show_unread()

    async def _quietly(self, work: Any) -> Any:
        try:
            return await work
        except Exception as error:
            log.warning('What was read of the chat of document %s is not known: %r', self._room.id, error)
            return None

    def _show_unread(self) -> None:
        many = f'{MOST_COUNTED}+' if self._unread > MOST_COUNTED else str(self._unread)
        if self._unread and self._badge is None:
            with self._button:
                self._badge = Words('span', '', 'chat-badge', aria_hidden='true', data_testid='chat-unread')
        if self._badge is not None:
            self._badge.text = many
            self._badge.visible = self._unread > 0
        label = _('Chat')
        if self._unread:
            label = ngettext('Chat: {unread} unread', 'Chat: {unread} unread', self._unread, unread=many)
        self._button.props.update(
            {'title': label, 'aria-label': label, 'aria-expanded': 'true' if self._is_open else 'false'}
        )
