"""Who is asking: one answer for page, API and socket."""

import secrets
from collections.abc import Callable
from hashlib import blake2b
from typing import Protocol
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from collab.document.people import Person, guest

ANYONE = 'anyone'
"""Author of what comes from programs and editors that show no session of a browser."""


class Names(Protocol):
    """Where the names that people chose are kept."""

    async def get(self, person_id: str) -> 'Named | None':
        """The name and colour a person chose, or None."""


class Named(Protocol):
    """A name and a colour, as they are kept."""

    @property
    def name(self) -> str:
        """The name."""

    @property
    def color(self) -> str:
        """The colour, '#rrggbb'."""


def identify(connection: HTTPConnection) -> str | None:
    """The public id of the browser that asks, or None for a program without a session.

    It is made from the session's secret id, which nobody can find from it.
    """
    session = connection.scope.get('session') or {}
    secret = session.get('id')
    return blake2b(secret.encode(), digest_size=12).hexdigest() if isinstance(secret, str) else None


async def person_of(
    connection: HTTPConnection, names: Names, guest: Callable[[str], Person] = guest
) -> Person:
    """Who asks, by the name they chose or the friendly one that `guest` gives them."""
    person_id = identify(connection)
    if person_id is None:
        return guest(f'{ANYONE}-{secrets.token_hex(6)}')
    chosen = await names.get(person_id)
    return guest(person_id) if chosen is None else Person(person_id, chosen.name, chosen.color)


def author_of(connection: HTTPConnection) -> str:
    """What the log says of edits that come over this connection.

    NiceGUI begins a session for whoever asks; only who brings a cookie has had one before.
    """
    known = identify(connection) if connection.cookies else None
    return known or ANYONE


def same_origin(connection: HTTPConnection) -> bool:
    """Whether a browser's request comes from a page of this server; programs send no Origin and may pass."""
    origin = connection.headers.get('origin')
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == connection.headers.get('host')
    except ValueError:
        return False
