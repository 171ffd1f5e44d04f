"""A log as a test needs it: what several people, and the server's own code, typed at random into one text."""

import random
from dataclasses import dataclass, field

from pycrdt import Doc, Text

from collab.document.change import Change
from collab.document.chapter import Entry
from collab.document.shared import SharedDocument

LETTERS = ['a', 'b ', 'word', '\n', '🙂', '👩‍🚀', 'é', 'e\u0301', 'שׁ', 'x' * 40]


@dataclass
class Writer:
    """Somebody with one or more tabs, who sees what the others write some time later."""

    name: str
    tabs: list['Doc[Text]'] = field(default_factory=list)


class TypedLog:
    """Rows, and the text after each of them. Positions are chosen so that no emoji is cut."""

    def __init__(self, seed: int, people: int = 3, first_seq: int = 1) -> None:
        self.chance = random.Random(seed)
        self.document = SharedDocument()
        self.rows: list[Entry] = []
        self.texts = ['']
        self.at = 1_000_000
        self._first = first_seq
        self._writers = [Writer(f'person {i} 🙂') for i in range(people)]
        for writer in self._writers:
            writer.tabs.extend(Doc() for _ in range(self.chance.randint(1, 2)))

    def type(self, rows: int) -> 'TypedLog':
        """Go on until there are at least so many more rows."""
        wanted = len(self.rows) + rows
        while len(self.rows) < wanted:
            self._pass_time()
            if self.chance.random() < 0.2:
                self._type_on_the_server()
            else:
                self._type_in_a_tab(self.chance.choice(self._writers))
        return self

    def close(self) -> None:
        self.document.close()

    def _pass_time(self) -> None:
        """Mostly within a minute; sometimes into the next, and sometimes the clock is set back."""
        steps = [0, 1, 150, 5_000] * 5 + [61_000, 3_600_000, -90_000]
        self.at = max(0, self.at + self.chance.choice(steps))

    def _type_in_a_tab(self, writer: Writer) -> None:
        """Replace something, or type on end for a while, a row for each character."""
        doc = self.chance.choice(writer.tabs)
        if self.chance.random() < 0.5:
            doc.apply_update(self.document.missing(doc.get_state()))
        text = str(doc.get('content', type=Text))
        start, end, words = self._change(text)
        if self.chance.random() < 0.5:
            self._write(writer, doc, start, end, words)
        else:
            for at, letter in enumerate('naïve 🙂'[: self.chance.randint(1, 7)], start):
                self._write(writer, doc, at, at, letter)

    def _write(self, writer: Writer, doc: 'Doc[Text]', start: int, end: int, words: str) -> None:
        content = doc.get('content', type=Text)
        first, last = (len(str(content)[:at].encode()) for at in (start, end))
        with doc.transaction():
            if last > first:
                del content[first:last]
            if words:
                content.insert(first, words)
        update = doc.get_update(self.document.state_vector())
        news = self.document.apply(update, lambda _client: True, 1_000_000)
        if news is not None:
            self._append(writer.name, news.update)

    def _type_on_the_server(self) -> None:
        """Under one client id for all who use the REST interface, whoever they are."""
        news = self.document.edit([Change(*self._change(self.document.text))])
        if news is not None:
            self._append(self.chance.choice(['python', self._writers[0].name]), news.update)

    def _change(self, text: str) -> tuple[int, int, str]:
        start = self.chance.randint(0, len(text))
        end = min(len(text), start + self.chance.choice([0, 0, 0, 1, 3, 30]))
        return start, end, self.chance.choice([*LETTERS, ''])

    def _append(self, author: str, update: bytes) -> None:
        seq = self._first + len(self.rows)
        self.rows.append(Entry(seq, seq, self.at, author, update))
        self.texts.append(self.document.text)
