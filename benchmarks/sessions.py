"""The recorded editing sessions as frames to send, and the sending of them."""

import asyncio
import random
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from pycrdt import Doc, Text

from benchmarks import plain
from benchmarks.results import Skipped
from collab.document import protocol
from collab.document.admission import UNLIMITED
from collab.document.update import decode
from tests.support import recorded

PAPER, FRIENDS = 'automerge-paper', 'friendsforever'
AT_ONCE = 100
PARAGRAPH = 10
PATIENCE = 600.0


@cache
def session(name: str) -> Any:
    """A session as its JSON says. Raises Skipped where it is not."""
    folder = recorded.find_traces()
    if folder is None:
        raise Skipped('no recorded editing sessions here; tests/conftest.py says where they belong')
    return recorded.load(folder, name)


def first(name: str, transactions: int | None) -> tuple[list[Any], str]:
    """The first transactions of a session of one author (None: all), and the text they make."""
    found = session(name)
    if transactions is None:
        return found['txns'], found['endContent']
    text = found['startContent']
    for transaction in found['txns'][:transactions]:
        for at, deleted, words in transaction['patches']:
            text = text[:at] + words + text[at + deleted :]
    return found['txns'][:transactions], text


@cache
def updates(
    name: str, transactions: int | None, together: int = 1, rounds: int = 1
) -> tuple[list[bytes], str]:
    """A session of one author as updates of so many edits each, and the text at the end.

    With more rounds it is typed as often, each time by another client, and all but the last time deleted
    again: the same text with more history.
    """
    edits, text = first(name, transactions)
    found: list[bytes] = []
    for number in range(rounds):
        replica = recorded.Replica(7_000 + number)
        for at in range(0, len(edits), together):
            found.append(
                replica.type([patch for one in edits[at : at + together] for patch in one['patches']])
            )
        if number < rounds - 1:
            found.append(replica.type([(0, len(replica.content), '')]))
    if text_of(found) != text:
        raise ValueError(f'{name} does not end in its own text')
    return found, text


@cache
def paragraphs(edits: int, text: str, update: bytes, together: int) -> list[bytes]:
    """So many more edits of a document, after which its text is the same: somebody writes paragraphs of ten
    updates each at places of chance, letter by letter, and takes them back letter by letter."""
    replica, chance = recorded.Replica(6_000), random.Random(1)
    replica.doc.apply_update(update)
    found: list[bytes] = []
    while len(found) * together < edits:
        at = chance.randrange(len(text))
        places = [at + number * together for number in range(PARAGRAPH)]
        found += [replica.type([(place, 0, 'x' * together)]) for place in places]
        found += [replica.type([(place, together, '')]) for place in reversed(places)]
    return found


def text_of(parts: list[bytes]) -> str:
    """What these updates make."""
    doc: Doc[Text] = Doc()
    content = doc.get('content', type=Text)
    for part in parts:
        doc.apply_update(part)
    return str(content)


class Reader:
    """Somebody who sees all that is sent; `done` is set when the last of it has come, and `at` says when."""

    def __init__(self, last: bytes) -> None:
        sections, deletions, _ = decode(last, UNLIMITED)
        ends = {client: section.end for client, section in sections.items()}
        gone = [(d.client, clock) for d in deletions for clock in range(d.start, d.end)]
        self._arrivals = recorded.Arrivals([[recorded.Transaction(0, last, {}, ends, gone)], []], own=1)
        self._parts: list[bytes] = []
        self.done = asyncio.Event()
        self.at = 0.0

    def take(self, message: bytes, now: float) -> None:
        """An edit came."""
        update = plain.body(message)
        self._parts.append(update)
        self._arrivals.take(update)
        if self._arrivals.complete and not self.done.is_set():
            self.at = now
            self.done.set()

    @property
    def frames(self) -> int:
        """How many messages came."""
        return len(self._parts)

    @property
    def text(self) -> str:
        """What is on the screen of who joined the empty document."""
        return text_of(self._parts)


async def send(
    port: int, document: str, frames: list[bytes], tell: Callable[[int], object] = lambda _: None
) -> tuple[float, Reader]:
    """Send them as fast as they are taken, into an empty document; seconds until a reader has seen the last.

    `tell` hears now and then how many of them have been sent.
    """
    reader = Reader(frames[-1])
    watcher = await plain.join(port, document, reader.take)
    writer = await plain.join(port, document)
    began = time.perf_counter()
    async with asyncio.timeout(PATIENCE):
        for at in range(0, len(frames), AT_ONCE):
            for frame in frames[at : at + AT_ONCE]:
                writer.send(protocol.update(frame))
            await writer.drain()
            await asyncio.sleep(0)
            if at % (AT_ONCE * 100) == 0:
                tell(at)
        await reader.done.wait()
    writer.transport.abort()
    watcher.transport.abort()
    return reader.at - began, reader
