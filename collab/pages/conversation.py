"""What was said beside a document: a list that grows at its end, and at its beginning if somebody asks."""

from collections.abc import Mapping, Sequence

from nicegui import ui

from collab.pages.links import with_links
from collab.pages.parts import Words, part
from collab.pages.words import ago, exactly, machine_time
from collab.rooms.ports import milliseconds
from collab.rooms.talk import Message

MOST = 300
"""Messages on one page; of more the first ones give way."""
TOGETHER = 5 * 60_000
"""Milliseconds within which the name of who goes on talking is not said again."""


class Conversation:
    """The messages that are shown, first said first."""

    def __init__(self) -> None:
        self._shown: list[tuple[Message, ui.element, Words | None]] = []
        self._list = part('ol', 'chat-list')

    @property
    def first(self) -> int | None:
        """The number of the first message that is shown."""
        return self._shown[0][0].number if self._shown else None

    @property
    def last(self) -> int:
        """The number of the last message that is shown; 0 when none is."""
        return self._shown[-1][0].number if self._shown else 0

    def add(self, message: Message, name: str) -> None:
        """Somebody said this."""
        if message.number <= self.last:
            return
        before = self._shown[-1][0] if self._shown else None
        self._shown.append((message, *self._make(message, name, before)))
        for _, item, _ in self._shown[:-MOST]:
            item.delete()
        self._shown = self._shown[-MOST:]

    def add_earlier(self, messages: Sequence[Message], names: Mapping[str, str]) -> None:
        """This was said before all that is shown."""
        made = []
        for index, message in enumerate(messages):
            before = messages[index - 1] if index else None
            item, when = self._make(message, names.get(message.author, ''), before)
            item.move(target_index=index)
            made.append((message, item, when))
        self._shown = made + self._shown

    def clear(self) -> None:
        """Show nothing."""
        self._list.clear()
        self._shown = []

    def refresh(self) -> None:
        """Time has passed."""
        now = milliseconds()
        for message, _, when in self._shown:
            if when is not None:
                when.text = ago(message.created_at, now)

    def _make(self, message: Message, name: str, before: Message | None) -> tuple[ui.element, Words | None]:
        goes_on = (
            before is not None
            and before.author == message.author
            and message.created_at - before.created_at < TOGETHER
        )
        with self._list, part('li', 'chat-message', data_testid='chat-message') as item:
            when = None if goes_on else _who(message, name)
            with part('p', 'chat-text', dir='auto'):
                with_links(message.text)
        return item, when


def _who(message: Message, name: str) -> Words:
    with part('p', 'chat-who'):
        Words('strong', name, dir='auto')
        return Words(
            'time',
            ago(message.created_at, milliseconds()),
            title=exactly(message.created_at),
            datetime=machine_time(message.created_at),
        )
