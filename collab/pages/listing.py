"""The list of documents, which follows by itself what anybody makes, renames, deletes or joins."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from nicegui import Client, ui

from collab.language.speaking import N_, _, ngettext
from collab.pages.contents import PAGE, Contents, Entry, Listed
from collab.pages.doing import Doing
from collab.pages.parts import Words, button, part
from collab.pages.row import Row
from collab.pages.soon import Soon
from collab.rooms.shelf import Order

log = logging.getLogger(__name__)

PAUSE = 0.4
"""Seconds in which happenings gather before the list looks again."""
MINUTE = 60.0
"""Seconds after which "3 minutes ago" is counted anew."""
NOTHING = N_('Nothing found for “{query}”. What somebody typed just now can be found in a few seconds.')

BACK_TO_THE_ROW = (
    'document.activeElement === document.body && getElement({}).last?.focus({{preventScroll: true}})'
)
"""Browsers take the focus from what is moved in the page."""


class Listing:
    """Rows that change only where something changed; what somebody is renaming stays under their hands."""

    def __init__(
        self, contents: Contents, client: Client, doing: Doing, on_empty: Callable[[bool], None]
    ) -> None:
        self._contents = contents
        self._doing = doing
        self._on_empty = on_empty
        self._rows: dict[str, Row] = {}
        self._order: list[str] = []
        self._shown = Listed(())
        self._query = ''
        self._found = Words('p', '', 'found', role='status', data_testid='found')
        self._list = part('ul', 'documents', aria_label=_('Documents'))
        self._list.on('focusin', js_handler='(event) => { event.currentTarget.last = event.target; }')
        self._more = button(_('Show more'), self._show_more, 'button-wide')
        self._soon = Soon(client, PAUSE, self.look)
        client.on_delete(doing.hub.watch(lambda _: self._soon.ask()))
        ui.timer(MINUTE, self._soon.ask, immediate=False)

    def show(self, listed: Listed) -> None:
        """Show these documents, in this order."""
        self._shown = listed
        self._put_all(listed.entries)
        self._list.visible = bool(listed.entries)
        self._more.visible = listed.left > 0
        self._more.text = ngettext(
            'Show more ({number} document)', 'Show more ({number} documents)', listed.left
        )
        number = len(listed.entries)
        found = ngettext('{number} document found', '{number} documents found', number)
        self._found.text = (found if number else _(NOTHING, query=self._query)) if self._query else ''
        self._on_empty(listed.empty)

    async def search(self, query: str) -> None:
        """Show what is found by these words; all documents when there are none."""
        self._query = query.strip()
        await self.look()

    async def sort(self, order: Order) -> None:
        """Show the documents in this order."""
        self._contents.order = order
        self._shown = Listed(())
        await self.look()

    async def look(self) -> None:
        """Bring what is shown up to date."""
        asked = self._query, self._contents.order
        try:
            if self._query:
                listed = await self._contents.search(self._query)
            else:
                listed = await self._contents.first(max(PAGE, len(self._shown.entries)))
        except Exception as error:
            self._failed(error, self.look)
            return
        if not self._list.is_deleted and asked == (self._query, self._contents.order):
            self.show(listed)  # else the page is gone, or somebody typed on: then that is looked for

    async def _show_more(self) -> None:
        try:
            listed = await self._contents.more(self._shown)
        except Exception as error:
            self._failed(error, self._show_more)
        else:
            if not self._list.is_deleted:
                self.show(listed)

    def _failed(self, error: Exception, action: Callable[[], Any]) -> None:
        log.warning('The documents could not be listed: %r', error)
        self._doing.notice.say(_('The list cannot be brought up to date just now.'), _('Try again'), action)

    def _put_all(self, entries: Sequence[Entry]) -> None:
        busy = {document_id for document_id, row in self._rows.items() if row.busy}
        for document_id in self._rows.keys() - {entry.info.id for entry in entries} - busy:
            self._rows.pop(document_id).delete()
            self._order.remove(document_id)
        for entry in entries:
            self._put(entry)
        if not busy:
            self._sort([entry.info.id for entry in entries])

    def _put(self, entry: Entry) -> None:
        info = entry.info
        if info.id not in self._rows:
            with self._list:
                self._rows[info.id] = Row(self._doing, info, self._soon.ask)
            self._order.append(info.id)
        self._rows[info.id].show(entry, self._doing.hub.people(info.id))

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
