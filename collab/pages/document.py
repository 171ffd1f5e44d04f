"""One document: its title, its people, whether it is saved, and the text itself."""

import asyncio
import logging
from contextlib import AsyncExitStack

from fastapi import Request
from nicegui import Client, events, ui

from collab.document.people import Person
from collab.editor.element import PageAction, SaveStatus, SharedEditor, UnsentEdits
from collab.language.speaking import N_, _
from collab.pages import missing
from collab.pages.announcer import Announcer
from collab.pages.chat import Chat
from collab.pages.company import Company
from collab.pages.damaged import FindRescue, damaged
from collab.pages.exporting import ExportDialog
from collab.pages.faces import PEOPLE, Faces
from collab.pages.frame import frame, heading
from collab.pages.gone import Gone
from collab.pages.keeping import keep_as_template
from collab.pages.look import LOOK
from collab.pages.more import Entry, More
from collab.pages.myself import MyselfDialog
from collab.pages.parts import Notice, Words, part
from collab.pages.sharing import COPY_LINK, LONGEST, QrDialog
from collab.pages.soon import Soon
from collab.pages.title import TitleField
from collab.pages.visitors import Visitors
from collab.pages.words import shown
from collab.rooms.hub import Hub
from collab.rooms.ports import DamagedDocument, DeletedDocument, UnknownDocument
from collab.rooms.room import Room
from collab.rooms.talk import Talk
from collab.rooms.watching import Happening
from collab.storage.templates import Templates

log = logging.getLogger(__name__)

PATIENCE = 6.0
"""Seconds that opening may take before the page says that the store does not answer."""
RECONNECT = 30.0
"""Seconds that a page is kept for a browser that lost its connection."""
VIEWPORT = 'width=device-width, initial-scale=1, interactive-widget=resizes-content'
"""The keyboard of a phone makes the page shorter instead of covering the tools at its foot."""
PEOPLE_PAUSE = 0.1
"""Seconds in which comings and goings gather before the faces change."""

OFFLINE = """addEventListener('collab-status', ({detail}) => {
    for (const part of document.querySelectorAll('.title-field, .people, .chat-form')) {
        part.inert = detail.state === 'offline';
    }
})"""
"""Only the text can be changed without a connection: the rest takes neither keys nor clicks then."""
TYPE = """if (matchMedia('(pointer: fine)').matches && document.activeElement === document.body) {
    getElement(EDITOR)?.focus();
}"""
"""On a phone it would open the keyboard over the text; and who is at the title already stays there."""


def register(hub: Hub, visitors: Visitors, templates: Templates, rescue: FindRescue, talk: Talk) -> None:
    """The page of a document. Its room stays open for as long as NiceGUI keeps the page.

    `rescue` finds a damaged document in the backups.
    """

    @ui.page(
        '/d/{document_id}', response_timeout=PATIENCE + 2, reconnect_timeout=RECONNECT, viewport=VIEWPORT
    )
    async def document(document_id: str, request: Request, client: Client) -> None:
        held = AsyncExitStack()
        try:
            async with asyncio.timeout(PATIENCE):
                me = await visitors.welcome(request)
                room = await held.enter_async_context(hub.open(document_id))
        except DeletedDocument:
            missing.deleted(hub, document_id)
        except UnknownDocument:
            missing.no_document(hub, document_id)
        except DamagedDocument as error:
            log.error('Document %s is damaged: %s', document_id, error)
            await damaged(hub, document_id, request, rescue)
        except Exception as error:
            log.warning('Document %s could not be opened: %r', document_id, error)
            missing.unavailable(request)
        else:
            client.on_delete(held.aclose)
            with frame(heading(shown(room.title)), 'document') as tools:
                DocumentPage(hub, visitors, templates, room, client, me).build(tools, talk)


class DocumentPage:
    """One visitor's view of a document."""

    def __init__(
        self, hub: Hub, visitors: Visitors, templates: Templates, room: Room, client: Client, me: Person
    ) -> None:
        self._hub = hub
        self._visitors = visitors
        self._templates = templates
        self._room = room
        self._client = client
        self._me = me

    def build(self, tools: ui.element, talk: Talk) -> None:
        """Put everything on the page, and keep it true."""
        self._notice = Notice(self._client)
        announcer = Announcer(self._client)
        self._chat = Chat(talk, self._visitors, self._room, self._client, announcer.say)
        self._chat.me = self._me
        self._qr = QrDialog(self._client, self._notice)
        self._exports = ExportDialog(self._client, self._notice)
        self._dialog = MyselfDialog(self._visitors, self._me, self._notice)
        with tools:
            self._title = TitleField(self._hub, self._room, self._client, self._notice)
            self._title.author = self._me.id
            SaveStatus().classes('status')
            self._faces = Faces(self._dialog.open)
            self._chat.build_button()
            share = Words('button', _('Share'), 'button button-main', type='button', data_testid='share')
            share.on('click', self._shared, js_handler=COPY_LINK)
            More(
                [
                    Entry(N_('Export…'), self._export, 'export-document'),
                    Entry(N_('Keep as template'), self._keep_as_template, 'keep-as-template'),
                    Entry(N_('Show a QR code'), self._qr.open, 'show-qr'),
                ]
            )
        self._gone = Gone(self._hub, self._room, self._client, self._notice)
        UnsentEdits(self._room.id)
        with part('div', 'workspace') as self._chat.place:
            self._editor = self._make_editor()
        self._faces.on_other(f'(id, name) => getElement({self._editor.id})?.goToPerson(id, name)')
        if (channel := self._editor.channel) is not None:
            self._chat.role = lambda: channel.role
        self._company = Company(self._client, self._me.id, announcer.say)
        self._show_people()
        self._people_soon = Soon(self._client, PEOPLE_PAUSE, self._show_people)
        self._client.on_delete(self._room.watch(self._happened))
        self._begun = False
        self._client.on_connect(self._begin)
        self._visitors.follow(self._client, self._me, self._become)

    def _make_editor(self) -> SharedEditor:
        return SharedEditor(
            self._room,
            self._me,
            placeholder=_('Write here. Everybody with the link can join.'),
            label=_('Document text'),
            actions=[
                PageAction(_('Rename this document'), self._title.focus, _('title name')),
                PageAction(_('Chat'), self._chat.toggle, _('talk message discuss comment')),
                PageAction(_('Share'), '[data-testid=share]', _('copy link address invite')),
                PageAction(_('Export…'), self._export, _('download save file pdf word html markdown')),
                PageAction(_('Keep as template'), self._keep_as_template, _('template copy')),
                PageAction(_('Show a QR code'), self._qr.open, _('share phone projector join link')),
                PageAction(_('Your name and colour'), self._dialog.open, _('myself me profile')),
                PageAction(_('People here'), PEOPLE, _('who names list go to cursor')),
                PageAction(_('Display and announcements'), LOOK, _('dark light theme language')),
                PageAction(_('All documents'), self._leave, _('home list back')),
            ],
            on_language=self._choose_language,
            language=self._room.language,
            images=f'/d/{self._room.id}/images',
        )

    def _happened(self, happening: Happening) -> None:
        with self._client:  # whoever made it happen
            if happening is Happening.PEOPLE:
                self._people_soon.ask()
            elif happening is Happening.TITLE:
                self._title.show()
            elif happening is Happening.LANGUAGE:
                self._editor.written_in(self._room.language)
            elif happening is Happening.GONE:
                self._end()

    async def _choose_language(self, language: str) -> None:
        try:
            await self._hub.set_language(self._room.id, language)
        except UnknownDocument:
            pass  # deleted: the page says so itself
        except Exception:
            log.exception('The language of document %s could not be stored.', self._room.id)
            self._notice.say(_('The language could not be stored just now.'))

    def _show_people(self) -> None:
        people = self._room.people()
        here = {person.id: person for person in people}
        me = here.pop(self._me.id, self._me)
        self._faces.show([me, *here.values()], me)
        self._company.show(people)

    def _become(self, person: Person) -> None:
        self._me = self._chat.me = person
        self._dialog.become(person)
        if self._editor.channel is not None:
            self._editor.channel.person = person
        self._people_soon.ask()

    def _begin(self) -> None:
        """Let people type at once."""
        if self._begun:
            return
        self._begun = True
        self._client.run_javascript(OFFLINE)
        self._client.run_javascript(TYPE.replace('EDITOR', str(self._editor.id)))

    def _export(self) -> None:
        self._exports.open(self._room.id, self._room.title)

    async def _keep_as_template(self) -> None:
        await keep_as_template(self._hub, self._templates, self._notice, self._me.id, self._room.id)

    def _leave(self) -> None:
        ui.navigate.to('/')

    def _shared(self, event: events.GenericEventArguments) -> None:
        link = event.args if isinstance(event.args, str) and len(event.args) <= LONGEST else ''
        words = _('Copy this link: {link}', link=link) if link else _('Link copied')
        self._notice.say(words, _('Show a QR code'), self._qr.open)

    def _end(self) -> None:
        self._title.disable()
        self._gone.show()
