"""The documents of this server: what there is, who is in it now, and a way to begin."""

import asyncio
import logging

from fastapi import Request
from nicegui import Client, ui

from collab.document.people import Person
from collab.files.workshop import Workshop
from collab.language.speaking import N_, _
from collab.pages import missing
from collab.pages.contents import Contents, Listed
from collab.pages.doing import Doing
from collab.pages.faces import Face
from collab.pages.frame import frame
from collab.pages.importing import Importing
from collab.pages.listing import Listing
from collab.pages.missing import Making
from collab.pages.myself import MyselfDialog
from collab.pages.parts import Notice, Words, button, part
from collab.pages.searching import SearchField
from collab.pages.sorting import Sorting, order_of
from collab.pages.templates import TemplateDialog
from collab.pages.visitors import Visitors
from collab.rooms.hub import Hub
from collab.storage.templates import Templates

log = logging.getLogger(__name__)

PATIENCE = 6.0
"""Seconds that the store may take before the page says that it does not answer."""

HOW_IT_WORKS = (
    (N_('Make a document'), N_('It opens at once, and has an address of its own.')),
    (N_('Send its link'), N_('Whoever opens it is in; nobody has to register.')),
    (N_('Write together'), N_('Everybody sees every keystroke, and all of it is kept.')),
)


def register(hub: Hub, visitors: Visitors, templates: Templates, workshop: Workshop) -> None:
    """The first page."""

    @ui.page('/', response_timeout=PATIENCE + 2)
    async def home(request: Request, client: Client) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                me = await visitors.welcome(request)
                contents = Contents(hub, visitors, me, order_of(request.query_params.get('sort')))
                listed = await contents.first()
        except Exception as error:
            log.warning('The documents could not be listed: %r', error)
            missing.unavailable(request)
            return
        with frame('Collab', 'home') as tools:
            HomePage(hub, visitors, templates, workshop, client, me).build(tools, contents, listed)


class HomePage:
    """One visitor's view of the documents."""

    def __init__(
        self,
        hub: Hub,
        visitors: Visitors,
        templates: Templates,
        workshop: Workshop,
        client: Client,
        me: Person,
    ) -> None:
        self._hub = hub
        self._visitors = visitors
        self._templates = templates
        self._workshop = workshop
        self._client = client
        self._me = me

    def build(self, tools: ui.element, contents: Contents, listed: Listed) -> None:
        """Put everything on the page."""
        notice = Notice(self._client)
        dialog = MyselfDialog(self._visitors, self._me, notice)
        with tools:
            face = Face(self._me, dialog.open, you=True)
        making = Making(self._hub, notice, self._me.id)
        with part('div', 'title-row') as title_row:
            Words('h1', _('Documents'))
            tools_row = part('div', 'title-tools')
        with tools_row:
            doing = Doing(self._hub, self._templates, self._client, notice, self._me)
            importing = Importing(self._client, doing, self._workshop)
            offered = TemplateDialog(self._hub, self._templates, self._client, notice, self._me.id)
            begin = button(_('From a template'), offered.open)
            new = button(_('New document'), making.make, 'button-main', data_testid='new-document')
        with part('div', 'search-row') as search_row:
            search = SearchField(self._client)
            sorting = Sorting(self._client, contents.order)
        welcome = self._welcome()
        with welcome:
            actions = part('div', 'title-tools')

        def show_empty(empty: bool) -> None:
            welcome.visible = empty
            search_row.visible = not empty
            title_row.classes(add='empty' if empty else '', remove='' if empty else 'empty')
            for one in (importing.button, begin, new):
                one.move(actions if empty else tools_row)

        listing = Listing(contents, self._client, doing, show_empty)
        search.on_query, sorting.on_order = listing.search, listing.sort
        listing.show(listed)
        Words('a', _('Trash'), 'trash-link', href='/trash')

        def become(person: Person) -> None:
            face.show(person)
            dialog.become(person)
            doing.me = person

        self._visitors.follow(self._client, self._me, become)

    def _welcome(self) -> ui.element:
        with part('section', 'welcome') as welcome:
            Words('h2', _('Write together, at the same time'))
            Words('p', _('There is no document here yet. This is how it goes:'))
            with part('ol', 'steps'):
                for title, text in HOW_IT_WORKS:
                    with part('li', 'step'):
                        Words('strong', _(title))
                        Words('span', _(text))
        return welcome
