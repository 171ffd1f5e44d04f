"""The choice in which kind of file somebody takes a document away."""

from nicegui import Client, events

from collab.files.kinds import Kind, file_name
from collab.language.speaking import N_, _
from collab.pages.keeping import GONE
from collab.pages.parts import Dialog, Notice, Words, button, part

KINDS = {
    Kind.MARKDOWN: (N_('Markdown'), N_('The text, exactly as it stands.')),
    Kind.TEXT: (N_('Plain text'), N_('The same text, for programs that know no Markdown.')),
    Kind.HTML: (N_('Web page'), N_('One file that every browser shows, also without a connection.')),
    Kind.WORD: (N_('Word'), N_('For Word, LibreOffice and others.')),
    Kind.PDF: (N_('PDF'), N_('To print, or to hand on as it is.')),
}
FAILED = N_('The file could not be fetched. Please try again in a moment.')
TOO_LONG = N_('This document is too long for a file of this kind. It can be exported as Markdown.')
SAID = {404: GONE, 413: TOO_LONG}
"""What the page says of the status that the server answers with; of any other, FAILED."""
FETCHED = 200

FETCH = """async (event) => {
    event.preventDefault();
    const link = event.currentTarget;
    if (link.ariaBusy === 'true') return;
    link.ariaBusy = 'true';
    let status = 0;
    try {
        const answer = await fetch(link.href);
        status = answer.status;
        if (answer.ok) {
            const file = URL.createObjectURL(await answer.blob());
            Object.assign(document.createElement('a'), {href: file, download: link.download}).click();
            setTimeout(() => URL.revokeObjectURL(file), 60000);
        }
    } catch { status = 0; }
    link.ariaBusy = 'false';
    emit(status);
}"""
"""As a link alone, a browser would save what the server says of an error as if it were the file."""


class ExportDialog:
    """Offers a document as files; it belongs to one page."""

    def __init__(self, client: Client, notice: Notice) -> None:
        self._notice = notice
        self._dialog = Dialog(client, _('Export'))

    def open(self, document_id: str, title: str) -> None:
        """Offer this document."""
        with self._dialog.filled(), part('div', 'dialog', role='document').mark('export'):
            Words('h2', _('Export'))
            with part('ul', 'offers'):
                for number, kind in enumerate(KINDS):
                    self._offer(document_id, title, kind, first=number == 0)
            with part('div', 'dialog-actions'):
                button(_('Close'), self._dialog.close)

    def _offer(self, document_id: str, title: str, kind: Kind, *, first: bool) -> None:
        name, words = KINDS[kind]
        address = f'/api/documents/{document_id}/export/{kind}'
        with part('li'):
            link = part('a', 'offer', href=address, download=file_name(title, kind), autofocus=first)
            with link:
                Words('strong', _(name))
                Words('span', _(words))
        link.mark(f'export-{kind}').on('click', self._done, js_handler=FETCH)

    def _done(self, event: events.GenericEventArguments) -> None:
        status = event.args if isinstance(event.args, int) else 0
        if status == FETCHED:
            self._dialog.close()
        else:
            self._notice.say(_(SAID.get(status, FAILED)))
