"""What was said beside a document: a list that grows at its end, and at its beginning if somebody asks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from collab.pages.links import linked
from collab.pages.parts import Html, part
from collab.pages.words import ago, exactly, machine_time
from collab.rooms.ports import milliseconds
from collab.rooms.talk import Message

MOST = 300
"""Messages on one page; of more the first ones give way."""
REFRESH = """for (const [id, words] of Object.entries(times)) {
    const time = document.querySelector(`#${id} time`);
    if (time && time.textContent !== words) time.textContent = words;
}"""
TOGETHER = 5 * 60_000
"""Milliseconds within which the name of who goes on talking is not said again."""


@dataclass(slots=True)
class Said:
    """A message on a page: one element, as each takes memory on every page that shows it."""

    message: Message
    goes_on: bool
    """Who said it has just said something else."""
    item: Html


class Conversation:
    """The messages that are shown, first said first."""

    def __init__(self) -> None:
        self._shown: list[Said] = []
        self._list = part('ol', 'chat-list')

    @property
    def first(self) -> int | None:
        """The number of the first message that is shown."""
        return self._shown[0].message.number if self._shown else None

    @property
    def last(self) -> int:
        """The number of the last message that is shown; 0 when none is."""
        return self._shown[-1].message.number if self._shown else 0

    def add(self, message: Message, name: str) -> None:
        """Somebody said this."""
        if message.number <= self.last:
            return
        before = self._shown[-1].message if self._shown else None
        self._shown.append(self._make(message, name, before))
        for said in self._shown[:-MOST]:
            said.item.delete()
        self._shown = self._shown[-MOST:]

    def add_earlier(self, messages: Sequence[Message], names: Mapping[str, str]) -> None:
        """This was said before all that is shown; what is shown already, as it was just said, is left out."""
        made = []
        if self._shown:
            messages = [message for message in messages if message.number < self._shown[0].message.number]
        for index, message in enumerate(messages):
            before = messages[index - 1] if index else None
            made.append(self._make(message, names.get(message.author, ''), before))
            made[-1].item.move(target_index=index)
        self._shown = made + self._shown

    def clear(self) -> None:
        """Show nothing."""
        self._list.clear()
        self._shown = []

    def refresh(self) -> None:
        """Time has passed. Only the words for it change: somebody may have marked something in a message."""
        if not self._shown:
            return
        now = milliseconds()
        times = {
            said.item.html_id: ago(said.message.created_at, now) for said in self._shown if not said.goes_on
        }
        self._list.client.run_javascript(f'const times = {json.dumps(times)}; {REFRESH}')

    def _make(self, message: Message, name: str, before: Message | None) -> Said:
        goes_on = (
            before is not None
            and before.author == message.author
            and message.created_at - before.created_at < TOGETHER
        )
        with self._list:
            inside = html_of(message, name, goes_on=goes_on)
            item = Html('li', 'chat-message', inside, data_testid='chat-message')
        return Said(message, goes_on, item)


def html_of(message: Message, name: str, *, goes_on: bool) -> str:
    """A message as HTML, in which nothing that people wrote is read as such."""
    text = f'<p class="chat-text" dir="auto">{linked(message.text)}</p>'
    if goes_on:
        return text
    at = message.created_at
    title, words = escape(exactly(at)), escape(ago(at, milliseconds()))
    when = f'<time title="{title}" datetime="{machine_time(at)}">{words}</time>'
    return f'<p class="chat-who"><strong dir="auto">{escape(name)}</strong>{when}</p>{text}'
