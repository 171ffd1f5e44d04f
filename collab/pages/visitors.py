"""Who has a page open, so that a new name or colour shows on all pages of that person at once."""

from collections.abc import Callable, Collection

from fastapi import Request
from nicegui import Client

from collab.document.people import Person, clean_color, clean_name
from collab.language.speaking import N_, _
from collab.pages.guests import guest_here
from collab.rooms.editing import CODE
from collab.rooms.hub import Hub
from collab.rooms.ports import milliseconds
from collab.storage.people import People
from collab.web.auth import ANYONE, person_of

A_PROGRAM = N_('a program')
PROGRAMS = ('', ANYONE, CODE)
"""Authors who are no people; nobody knows who the first of them is."""


class Visitors:
    """Everybody who looks at a page just now, and how they want to be called."""

    def __init__(self, hub: Hub, people: People) -> None:
        self._hub = hub
        self._people = people
        self._pages: dict[str, tuple[str, Client, Callable[[Person], None]]] = {}

    async def welcome(self, request: Request) -> Person:
        """Who asks for a page, by the name they chose or were given."""
        return await person_of(request, self._people, guest_here)

    def follow(self, client: Client, person: Person, become: Callable[[Person], None]) -> None:
        """Call `become` whenever this person takes another name or colour, while the page lives."""
        self._pages[client.id] = (person.id, client, become)
        client.on_delete(lambda: self._pages.pop(client.id, None) and None)

    async def names(self, authors: Collection[str]) -> dict[str, str]:
        """What to call these authors of edits; who is nobody in particular is left out."""
        chosen = await self._people.names(authors)
        people = {author: guest_here(author).name for author in authors if author not in PROGRAMS}
        return people | {author: _(A_PROGRAM) for author in authors if author in PROGRAMS and author} | chosen

    async def rename(self, person: Person, name: str, color: str) -> Person:
        """Keep a person's new name and colour and show them everywhere. Raises ValueError with the reason."""
        renamed = Person(person.id, clean_name(name), clean_color(color))
        await self._people.save(renamed.id, renamed.name, renamed.color, milliseconds())
        for person_id, client, become in list(self._pages.values()):
            if person_id == renamed.id:
                with client:  # each page says it in its own language
                    become(renamed)
        self._hub.rename_person(renamed)
        return renamed
