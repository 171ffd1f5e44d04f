"""The choice in which kind of file somebody takes a document away."""

from nicegui import Client, events, ui

from collab.files.kinds import Kind, file_name
from collab.pages.parts import Notice, Words, button, part

KINDS = {
    Kind.MARKDOWN: ('Markdown', 'The text, exactly as it stands.'),
    Kind.TEXT: ('Plain text', 'The same text, for programs that know no Markdown.'),
    Kind.HTML: ('Web page', 'One file that every browser shows, also without a connection.'),
    Kind.WORD: ('Word', 'For Word, LibreOffice and others.'),
    Kind.PDF: ('PDF', 'To print, or to hand on as it is.'),
}
FAILED = 'The file could not be fetched. Please try again in a moment.'

FETCH = """async (event) => {
    event.preventDefault();
    const link = event.currentTarget;
    if (link.ariaBusy === 'true') return;
    link.ariaBusy = 'true';
    let words = '';
    try {
        const answer = await fetch(link.href);
        if (answer.ok) {
            const file = URL.createObjectURL(await answer.blob());
            Object.assign(document.createElement('a'), {href: file, download: link.download}).click();
            setTimeout(() => URL.revokeObjectURL(file), 60000);
        } else words = (await answer.json()).detail;
    } catch { words = FAILED; }
    link.ariaBusy = 'false';
    emit(words);
}""".replace('FAILED', repr(FAILED))
"""As a link alone, a browser would save what the server says of an error as if it were the file."""


class ExportDialog:
    """Offers a document as files; it belongs to one page."""

    def __init__(self, client: Client, notice: Notice) -> None:
        self._client = client
        self._notice = notice
        with client, ui.dialog().props('aria-label="Export"') as self._dialog:
            self._sheet = part('div', 'dialog', role='document').mark('export')

    def open(self, document_id: str, title: str) -> None:
        """Offer this document."""
        self._sheet.clear()
        with self._sheet:
            Words('h2', 'Export')
            with part('ul', 'offers'):
                for number, kind in enumerate(KINDS):
                    self._offer(document_id, title, kind, first=number == 0)
            with part('div', 'dialog-actions'):
                button('Close', self._dialog.close)
        self._dialog.open()

    def _offer(self, document_id: str, title: str, kind: Kind, *, first: bool) -> None:
        name, words = KINDS[kind]
        address = f'/api/documents/{document_id}/export/{kind}'
        with part('li'):
            link = part('a', 'offer', href=address, download=file_name(title, kind), autofocus=first)
            with link:
                Words('strong', name)
                Words('span', words)
        link.mark(f'export-{kind}').on('click', self._done, js_handler=FETCH)

    def _done(self, event: events.GenericEventArguments) -> None:
        if isinstance(event.args, str) and event.args:
            self._notice.say(event.args)
        else:
            self._dialog.close()
