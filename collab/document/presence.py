"""Who is here, and where each of them is in the text."""

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NoReturn

from collab.document.people import MOST_READ, PATTERNS, Person, clean_color, clean_name
from collab.document.protocol import AwarenessEntry

STATE_LENGTH = 1024
"""Longest awareness state taken from a connection, in characters of JSON."""

ABSENT = 'null'


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f'{constant} is not JSON.')


DECODER = json.JSONDecoder(parse_constant=_refuse)
ENCODER = json.JSONEncoder(separators=(',', ':'), ensure_ascii=False)
"""As JavaScript writes it."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One connection's place among the others. `client` is its Yjs client id once it has told one."""

    person: Person
    client: int | None = None
    cursor: str = ABSENT
    """JSON."""


class Presence:
    """Everyone in one document. The server says who they are; they only say where their cursor is.

    Entries for others carry clocks of our own that only rise, in the awareness format of y-protocols
    (https://github.com/yjs/y-protocols, awareness.js). `now`, in milliseconds, only starts that clock,
    so that it goes on rising for a client that outlives a restart of the server.
    """

    def __init__(self, now: int) -> None:
        self._clock = now
        self._seats: dict[int, Seat] = {}
        self._news: dict[int, int] = {}  # client -> the seat that speaks for it; absent seats mean gone
        self._known: dict[str, Person] = {}  # people() by id; empty when both must be made anew
        self._people: tuple[Person, ...] = ()

    def join(self, number: int, person: Person) -> None:
        """Seat number `number` is taken by `person`."""
        self._seats[number] = Seat(person)
        self._known = {}

    def leave(self, number: int) -> None:
        """The seat is free again; the others are told at the next changes()."""
        seat = self._seats.pop(number, None)
        self._known = {}
        if seat is not None and seat.client is not None:
            self._news[seat.client] = number

    def rename(self, person: Person) -> bool:
        """Give all seats of this person the new name and colour; True if that changed anything here."""
        mine = [n for n, seat in self._seats.items() if seat.person.id == person.id and seat.person != person]
        self._known = {}
        for number in mine:  # behind the others: who bore the name before goes on bearing it alone
            self._put(number, replace(self._seats.pop(number), person=person))
        return bool(mine)

    def move(self, number: int, client: int, state: str) -> None:
        """Take in an awareness state which the connection at seat `number` sent for its own `client`.

        Only the cursor is believed. Raises ValueError when the state is not one.
        """
        if state == ABSENT:  # the editor is gone while its connection stays; another may take its place
            self._seats[number] = replace(self._seats[number], client=None, cursor=ABSENT)
            self._news[client] = number
            return
        seat = Seat(self._seats[number].person, client, read_cursor(state))
        if seat != self._seats[number]:
            self._put(number, seat)

    def client_of(self, number: int) -> int | None:
        """The Yjs client id that the seat has told, if any."""
        return self._seats[number].client

    def people(self) -> tuple[Person, ...]:
        """Each person once, however many tabs they have, in order of arrival, namesakes told apart.

        The same tuple for everybody who asks, until somebody comes, goes or changes.
        """
        self._badges()
        return self._people

    def everyone(self) -> tuple[AwarenessEntry, ...]:
        """All who have told a client id, with clocks newer than anything said before."""
        return self._entries((seat.client, n) for n, seat in self._seats.items() if seat.client is not None)

    def changes(self) -> tuple[AwarenessEntry, ...]:
        """What changed since the last call, the latest state of each only."""
        news, self._news = self._news, {}
        return self._entries(news.items())

    def _put(self, number: int, seat: Seat) -> None:
        self._seats[number] = seat
        if seat.client is not None:
            self._news[seat.client] = number

    def _entries(self, seats: Iterable[tuple[int, int]]) -> tuple[AwarenessEntry, ...]:
        entries = []
        for client, number in seats:
            self._clock += 1
            entries.append(AwarenessEntry(client, self._clock, self._state(client, self._seats.get(number))))
        return tuple(entries)

    def _state(self, client: int, seat: Seat | None) -> str:
        if seat is None or seat.client != client:
            return ABSENT
        who = self._badges()[seat.person.id]
        return f'{{"user":{_user(who)},"cursor":{seat.cursor}}}'

    def _badges(self) -> dict[str, Person]:
        """Everybody here by id; the second to bear a name has '(2)' behind it, and of a colour a pattern."""
        if not self._known:
            ranks: Counter[str] = Counter()
            colors: Counter[str] = Counter()
            for person in {seat.person.id: seat.person for seat in self._seats.values()}.values():
                ranks[person.name.casefold()] += 1
                rank = ranks[person.name.casefold()]
                name = person.name if rank == 1 else f'{person.name} ({rank})'
                pattern = colors[person.color] % PATTERNS
                colors[person.color] += 1
                self._known[person.id] = replace(person, name=name, pattern=pattern)
            self._people = tuple(self._known.values())
        return self._known


def read_cursor(state: str) -> str:
    """The cursor in an awareness state, written anew: {"anchor":position,"head":position}, or null for none.

    A position is a relative position of Yjs as JSON. Raises ValueError for anything else.
    """
    cursor = _read(state).get('cursor')
    if cursor is None:
        return ABSENT
    if not isinstance(cursor, dict):
        raise ValueError('A cursor has an anchor and a head.')
    anchor, head = cursor.get('anchor'), cursor.get('head')
    position = _position(anchor)
    return f'{{"anchor":{position},"head":{position if head == anchor else _position(head)}}}'


@lru_cache(maxsize=1024)
def _user(who: Person) -> str:
    user = {'id': who.id, 'name': who.name, 'color': who.color, 'colorLight': who.color + '33'}
    return _json(user | ({'pattern': who.pattern} if who.pattern else {}))


def _json(value: object) -> str:
    return ENCODER.encode(value)


def introduction(state: str, known: Person) -> Person:
    """Whom a program without a session says to be: `known`, with what is fit of the state's name and colour.

    Raises ValueError when the state is none.
    """
    user = _read(state).get('user')
    if not isinstance(user, dict):
        return known
    name, color = (str(user.get(what, ''))[:MOST_READ] for what in ('name', 'color'))
    return _called(known, name, color)


@lru_cache(maxsize=1024)  # it is said with each step of the cursor
def _called(known: Person, name: str, color: str) -> Person:
    with suppress(ValueError):
        known = replace(known, name=clean_name(name))
    with suppress(ValueError):
        known = replace(known, color=clean_color(color))
    return known


@lru_cache(maxsize=1)  # of a program's state the name is wanted as well as the cursor
def _read(state: str) -> dict[str, Any]:
    if len(state) > STATE_LENGTH:
        raise ValueError(f'An awareness state has at most {STATE_LENGTH} characters.')
    try:
        value = DECODER.decode(state)
    except RecursionError:
        raise ValueError('An awareness state is nested too deeply.') from None
    if value is not None and not isinstance(value, dict):
        raise ValueError('An awareness state is an object.')
    return value or {}


def _position(value: object) -> str:
    if not isinstance(value, dict) or value.keys() - {'type', 'tname', 'item', 'assoc'}:
        raise ValueError('A cursor has two relative positions.')
    item, root, assoc = value.get('item'), value.get('tname'), value.get('assoc', 0)
    if value.get('type') is not None or root not in (None, 'content') or assoc not in (-1, 0):
        raise ValueError("A cursor stands in the text 'content'.")
    if root is None and item is None:
        raise ValueError('A relative position names an item or the text.')
    root = '' if root is None else '"tname":"content",'
    return f'{{{root}{"" if item is None else _item(item)}"assoc":{int(assoc)}}}'


def _item(value: object) -> str:
    if not isinstance(value, dict) or value.keys() != {'client', 'clock'}:
        raise ValueError('An item has a client and a clock.')
    if not all(type(number) is int and 0 <= number < 2**53 for number in value.values()):
        raise ValueError('An item is named by whole numbers.')
    return f'"item":{{"client":{value["client"]},"clock":{value["clock"]}}},'
