"""The list of documents, which follows by itself what anybody makes, renames, deletes or joins."""

import logging
from collections.abc import Callable, Mapping, Sequence

from nicegui import Client, ui

from collab.pages.parts import Notice, Words, button, part
from collab.pages.row import Row
from collab.pages.soon import Soon
from collab.pages.words import count
from collab.rooms.hub import Hub
from collab.rooms.ports import DocumentInfo
from collab.rooms.shelf import Found

log = logging.getLogger(__name__)

PAUSE = 0.4
"""Seconds in which happenings gather before the list looks again."""
MINUTE = 60.0
"""Seconds after which "3 minutes ago" is counted anew."""
PAGE = 100
"""Documents shown at first, and by every click on "Show more"."""

NOTHING = 'Nothing found for “{}”. What somebody typed just now can be found in a few seconds.'

BACK_TO_THE_ROW = (
    'document.activeElement === document.body && getElement({}).last?.focus({{preventScroll: true}})'
)
"""Browsers take the focus from what is moved in the page."""


class Listing:
    """Rows that change only where something changed; what somebody is renaming stays under their hands."""

    def __init__(self, hub: Hub, client: Client, notice: Notice, on_empty: Callable[[bool], None]) -> None:
        self._hub = hub
        self._notice = notice
        self._on_empty = on_empty
        self._rows: dict[str, Row] = {}
        self._order: list[str] = []
        self._limit = PAGE
        self._query = ''
        self._found = Words('p', '', 'found', role='status', data_testid='found')
        self._list = part('ul', 'documents', aria_label='Documents')
        self._list.on('focusin', js_handler='(event) => { event.currentTarget.last = event.target; }')
        self._more = button('Show more', self._show_more, 'button-wide')
        self._soon = Soon(client, PAUSE, self._look)
        client.on_delete(hub.watch(lambda _: self._soon.ask()))
        ui.timer(MINUTE, self._soon.ask, immediate=False)

    def show(self, documents: Sequence[DocumentInfo]) -> None:
        """Show these documents, in this order."""
        shown = documents[: self._limit]
        self._put_all(shown, {})
        self._list.visible = bool(documents)
        self._more.visible = len(documents) > len(shown)
        self._more.text = f'Show more ({count(len(documents) - len(shown), "document")})'
        self._found.text = ''
        self._on_empty(not documents)

    async def search(self, query: str) -> None:
        """Show what is found by these words; all documents when there are none."""
        self._query = query.strip()
        await self._look()

    async def _look(self) -> None:
        query = self._query
        try:
            if query:
                found: Sequence[Found] = await self._hub.search(query)
            else:
                documents = await self._hub.list()
        except Exception as error:
            log.warning('The documents could not be listed: %r', error)
            self._notice.say('The list cannot be brought up to date just now.', 'Try again', self._look)
            return
        if self._list.is_deleted or query != self._query:
            return  # the page is gone, or somebody typed on: then that is looked for
        if query:
            self._show_found(found)
        else:
            self.show(documents)

    def _show_found(self, found: Sequence[Found]) -> None:
        self._on_empty(False)
        self._put_all([one.info for one in found], {one.info.id: one for one in found})
        self._list.visible = bool(found)
        self._more.visible = False
        self._found.text = f'{count(len(found), "document")} found' if found else NOTHING.format(self._query)

    def _put_all(self, shown: Sequence[DocumentInfo], found: Mapping[str, Found]) -> None:
        busy = {document_id for document_id, row in self._rows.items() if row.busy}
        for document_id in self._rows.keys() - {info.id for info in shown} - busy:
            self._rows.pop(document_id).delete()
            self._order.remove(document_id)
        for info in shown:
            self._put(info, found.get(info.id))
        if not busy:
            self._sort([info.id for info in shown])

    def _put(self, info: DocumentInfo, found: Found | None) -> None:
        if info.id not in self._rows:
            with self._list:
                self._rows[info.id] = Row(self._hub, info, self._notice, self._soon.ask)
            self._order.append(info.id)
        self._rows[info.id].show(info, self._hub.people(info.id), found)

    def _sort(self, wanted: list[str]) -> None:
        moved = False
        for index, document_id in enumerate(wanted):
            if self._order[index] != document_id:
                self._order.remove(document_id)
                self._order.insert(index, document_id)
                self._rows[document_id].move(index)
                moved = True
        if moved:
            self._list.client.run_javascript(BACK_TO_THE_ROW.format(self._list.id))

    async def _show_more(self) -> None:
        self._limit += PAGE
        await self._look()
