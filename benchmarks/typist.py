"""Somebody who types at the end of a line of their own, and everything that reaches them meanwhile."""

import asyncio
import json
import time
from array import array
from collections.abc import Sequence

from pycrdt import Doc, Text

from benchmarks import plain
from benchmarks.spread import Spread
from collab.document import protocol
from collab.document.admission import UNLIMITED
from collab.document.update import decode
from tests.support import forged

Range = tuple[int, int, int]
"""Client id, and its text units from a clock up to another one."""

DOCUMENT = 'doc'
PROSE = 'The quick brown fox jumps over the lazy dog while several people type at once.\n'


def start_text(writers: int, size: int = 5_000) -> str:
    """What the document holds before: a line for each writer, and some prose."""
    lines = ''.join(f'writer {number:04}:\n' for number in range(writers))
    return lines + PROSE * max(0, (size - len(lines)) // len(PROSE))


class Board:
    """When each letter was sent, and each message that came, once however many it was sent to."""

    def __init__(self) -> None:
        self.sent: dict[int, list[float]] = {}
        """By client id; the place in the list is the clock."""
        self.messages: list[bytes] = []
        self._numbers: dict[bytes, int] = {}
        self._ranges: dict[int, list[Range]] = {}

    def number(self, message: bytes) -> int:
        """Which one it is."""
        found = self._numbers.get(message)
        if found is None:
            found = self._numbers[message] = len(self.messages)
            self.messages.append(message)
        return found

    def ranges(self, number: int) -> list[Range]:
        """The letters in it."""
        if number not in self._ranges:
            sections = decode(plain.body(self.messages[number]), UNLIMITED).sections.values()
            self._ranges[number] = [(s.client, s.start, s.end) for s in sections]
        return self._ranges[number]


class Typist:
    """One connection and its place in the document; a reader is one that never types."""

    def __init__(self, board: Board, name: int) -> None:
        self.client = 1_000_000 + name
        self._board = board
        self._arrived: tuple[array[int], array[float]] = array('L'), array('d')
        self._own: list[bytes] = []
        self._cursor = 0

    async def join(self, port: int, join: plain.Join) -> None:
        """Raises ConnectionError."""
        self.connection = await join(port, DOCUMENT, self._take)

    def sit_down(self, before: forged.Id, after: forged.Id) -> None:
        """Type between these two letters from now on."""
        self._before, self._after = before, after
        self._sent = self._board.sent[self.client] = []

    def type(self, letter: str, *, cursor: bool = False) -> None:
        """Send one letter, and where the cursor is then."""
        mine = self.client, len(self._sent)
        update = forged.update(forged.section(*mine, forged.text(letter, self._before, self._after)))
        self._own.append(update)
        self._before = mine
        self._sent.append(time.perf_counter())
        self.connection.send(protocol.update(update))
        if cursor:
            self.connection.send(self._presence())

    def _presence(self) -> bytes:
        self._cursor += 1
        item = {'client': self._before[0], 'clock': self._before[1]}
        place = {'type': None, 'tname': 'content', 'item': item, 'assoc': -1}
        state = {
            'user': {'name': f'writer {self.client}', 'color': '#30bced', 'colorLight': '#30bced33'},
            'cursor': {'anchor': place, 'head': place},
        }
        entry = protocol.AwarenessEntry(self.client, self._cursor, json.dumps(state))
        return protocol.awareness([entry])

    def _take(self, message: bytes, now: float) -> None:
        self._arrived[0].append(self._board.number(message))
        self._arrived[1].append(now)

    @property
    def arrived(self) -> int:
        """How many messages came."""
        return len(self._arrived[0])

    def tally(self, times: Spread, began: float, ended: float) -> int:
        """Add how long each letter of the others took that was sent in this time; how many never came."""
        held: dict[int, int] = {}
        sent, missing = self._board.sent, 0
        for number, at in zip(*self._arrived, strict=True):
            for client, start, end in self._board.ranges(number):
                if client == self.client or client not in sent:
                    continue
                have = held.get(client, 0)
                missing += max(0, start - have)
                held[client] = max(have, end)
                for left in sent[client][max(have, start) : end]:
                    if began <= left < ended:
                        times.add((at - left) * 1000)
        return missing + sum(len(s) - held.get(c, 0) for c, s in sent.items() if c != self.client)

    def text(self) -> str:
        """What stands on this person's screen."""
        doc: Doc[Text] = Doc()
        content = doc.get('content', type=Text)
        for update in (self.connection.whole, *self._own):
            doc.apply_update(update)
        for number in self._arrived[0]:
            doc.apply_update(plain.body(self._board.messages[number]))
        return str(content)


async def gather(
    typists: Sequence[Typist], writers: int, port: int, join: plain.Join, at_once: int = 20
) -> None:
    """Let all join the document with `start_text`, and the first of them sit down, each at a line's end."""
    for first in range(0, len(typists), at_once):
        await asyncio.gather(*(t.join(port, join) for t in typists[first : first + at_once]))
    seed = min(decode(typists[0].connection.whole, UNLIMITED).sections)
    text = start_text(writers)
    end = -1
    for typist in typists[:writers]:
        end = text.index('\n', end + 1)
        typist.sit_down((seed, end - 1), (seed, end))
