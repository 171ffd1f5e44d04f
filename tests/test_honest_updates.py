"""Whatever honest editors send is let in; and what is let in of a forgery does no harm.

Hypothesis keeps the failing inputs of a run; one that hurts for real goes to tests/crashers/ as hex.
"""

import json
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Text, merge_updates

from collab.document.admission import Incomplete, Ledger, Refused
from collab.document.protocol import read_state_vector, uint
from tests.support.forged import deleted, deletions, section, text, update

YJS = json.loads((Path(__file__).parent / 'honest' / 'yjs.json').read_text())
WORDS = ['a', 'word ', '\n', 'é', '日本', '😀', '👨‍👩‍👧', 'x😀y', '\ufffd', '\0', '\u202e']


def anybody(client: int) -> bool:
    return True


@dataclass
class Server:
    """A document behind the gate, as the program has it."""

    ledger: Ledger = field(default_factory=Ledger)
    doc: 'Doc[Text]' = field(default_factory=Doc)

    def __post_init__(self) -> None:
        self.doc.get('content', type=Text)

    @property
    def text(self) -> str:
        return str(self.doc['content'])

    def receive(self, update: bytes) -> None:
        admitted = self.ledger.admit(update, anybody)
        self.doc.apply_update(update)
        self.ledger.note(admitted)

    def check(self) -> None:
        """The stored document can be read, and holds as much as the live one and the ledger."""
        stored, again = Doc[Text](), Ledger()
        state = self.doc.get_update()
        stored.apply_update(state)
        again.load(state)
        clocks = read_state_vector(self.doc.get_state())
        assert read_state_vector(stored.get_state()) == clocks == self.ledger.clocks == again.clocks


class Editor:
    """An honest editor; positions are code points, which pycrdt wants as bytes."""

    def __init__(self, client: int) -> None:
        self.doc: Doc[Text] = Doc(client_id=client)
        self.content = self.doc.get('content', type=Text)

    def edit(self, chance: random.Random) -> None:
        with self.doc.transaction():
            for _ in range(chance.randint(1, 3)):
                self.change(chance, str(self.content))

    def change(self, chance: random.Random, now: str) -> None:
        start = chance.randint(0, len(now))
        at = len(now[:start].encode())
        if chance.random() < 0.65:
            self.content.insert(at, chance.choice(WORDS))
        elif gone := now[start : start + 5].encode():
            del self.content[at : at + len(gone)]

    def catch_up(self, server: Server) -> None:
        self.doc.apply_update(server.doc.get_update(self.doc.get_state()))

    def send(self, server: Server) -> bytes:
        return self.doc.get_update(server.doc.get_state())


def write_together(server: Server, chance: random.Random, rounds: int) -> list[bytes]:
    """Some people write, now and then offline; returns what the server received."""
    editors = [Editor(client) for client in chance.sample([2, 300, 70_000, 2**32 - 1, 2**40], 3)]
    sent = []
    for _ in range(rounds):
        editor = chance.choice(editors)
        if chance.random() < 0.3:
            editor.catch_up(server)
        editor.edit(chance)
        if chance.random() < 0.7:
            sent.append(editor.send(server))
            server.receive(sent[-1])
    return sent


@pytest.mark.parametrize('story', YJS['stories'], ids=lambda story: story['name'])
def test_all_that_yjs_clients_send_is_let_in(story: dict[str, Any]) -> None:
    server = Server()
    for sent in story['updates']:
        server.receive(bytes.fromhex(sent))
    assert server.text == story['text']
    server.check()


def test_what_yjs_merges_over_a_gap_is_asked_for_again() -> None:
    with pytest.raises(Incomplete):
        Ledger().admit(bytes.fromhex(YJS['gap']), anybody)


@given(st.integers(0, 2**32))
@settings(deadline=None)
def test_all_that_pycrdt_clients_send_is_let_in(seed: int) -> None:
    server = Server()
    sent = write_together(server, random.Random(seed), 25)
    server.check()
    for one in [*sent, server.doc.get_update(), merge_updates(*sent)] if sent else []:
        server.receive(one)  # a second time, and as a whole
    whole = Server()
    whole.receive(server.doc.get_update())
    assert whole.text == server.text


Forgery = Callable[[Server], bytes]


def just(one: bytes) -> Forgery:
    return lambda server: one


def bits(good: bytes, chance: random.Random) -> bytes:
    bad = bytearray(good)
    for _ in range(chance.randint(1, 6)):
        bad[chance.randrange(len(bad))] ^= 1 << chance.randrange(8)
    return bytes(bad)


def numbers(good: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(good))
    return good[:at] + uint(chance.choice([0, 1, 4, 10, 2**31, 2**32 - 1, 2**53 - 1, 2**63])) + good[at + 1 :]


def chunks(good: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.choices(range(len(good) + 1), k=2))
    return good[:end] + good[start:]


FORGERIES: list[Callable[[bytes, random.Random], bytes]] = [bits, numbers, chunks]


@given(st.integers(0, 2**32), st.sampled_from(FORGERIES))
@settings(deadline=None)
def test_a_mangled_update_is_refused_or_harmless(
    seed: int, mangle: Callable[[bytes, random.Random], bytes]
) -> None:
    chance = random.Random(seed)
    history = write_together(Server(), chance, 12) or [update()]
    mangled = mangle(chance.choice(history), chance)
    spliced = chance.choice(history)[:9] + chance.choice(history)
    offer(history, [just(mangled), just(spliced)])


CLIENTS = st.sampled_from([2, 300, 70_000, 5])
IDS = st.tuples(CLIENTS, st.integers(0, 12))
PLACES = st.fixed_dictionaries({'origin': st.none() | IDS, 'right': st.none() | IDS})
STRUCTS = st.one_of(
    st.builds(lambda words, place: text(words, **place), st.sampled_from(WORDS), PLACES),
    st.builds(lambda length, place: deleted(length, **place), st.integers(1, 4), PLACES),
)
STARTS = st.sampled_from([None, None, None, 0, 3])  # None: where the client's text ends
SECTIONS = st.dictionaries(CLIENTS, st.tuples(STARTS, st.lists(STRUCTS, min_size=1, max_size=4)), max_size=3)
RANGES = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 4)), min_size=1, max_size=2)
GONE = st.dictionaries(CLIENTS, RANGES.map(sorted), max_size=1)


def forge(
    sections: dict[int, tuple[int | None, list[bytes]]], gone: dict[int, list[tuple[int, int]]]
) -> Forgery:
    def forged(server: Server) -> bytes:
        told = [
            section(client, server.ledger.clocks.get(client, 0) if start is None else start, *structs)
            for client, (start, structs) in sections.items()
        ]
        return update(*told, deletes=[deletions(client, *ranges) for client, ranges in gone.items()])

    return forged


@given(st.integers(0, 2**32), st.lists(st.builds(forge, SECTIONS, GONE), min_size=1, max_size=3))
@settings(deadline=None)
def test_a_forged_update_is_refused_or_harmless(seed: int, forged: list[Forgery]) -> None:
    offer(write_together(Server(), random.Random(seed), 12), forged)


def offer(history: list[bytes], forged: list[Forgery]) -> None:
    """The forgeries arrive in the middle of what honest people write."""
    server = Server()
    middle = len(history) // 2
    honest = [just(one) for one in history]
    for one in [*honest[:middle], *forged, *honest[middle:]]:
        with suppress(Refused, Incomplete):
            server.receive(one(server))
    server.check()
