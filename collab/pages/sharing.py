"""The address of a document: copied, or as a picture that a phone's camera reads."""

from itertools import groupby

import segno
from nicegui import Client

from collab.language.speaking import _
from collab.pages.parts import Dialog, Notice, Words, button, part

COPY_LINK = """async () => {
    const link = location.origin + location.pathname;
    const focused = document.activeElement;
    let copied = true;
    try {
        await navigator.clipboard.writeText(link);
    } catch {
        const box = Object.assign(document.createElement('textarea'), {value: link, className: 'aside'});
        document.body.append(box);
        box.select();
        copied = document.execCommand('copy');
        box.remove();
        focused?.focus();
    }
    emit(copied ? '' : link);
}"""
"""Browsers copy only while they handle a click, and only known pages have the clipboard."""
HERE = 'location.origin + location.pathname'
"""Only the browser knows by which name it reached this server."""
PATIENCE = 20.0
"""Seconds that a browser may take to say it; on a slow line it takes some."""
LONGEST = 1_000
"""Letters of an address that are shown."""
BORDER = 4
"""Light modules around a QR code, as its standard (ISO/IEC 18004) asks for."""


class QrDialog:
    """The QR code of this page, as large as the screen allows, with the address below it."""

    def __init__(self, client: Client, notice: Notice) -> None:
        self._client = client
        self._notice = notice
        self._dialog = Dialog(client, _('Join with a phone'))

    async def open(self) -> None:
        """Show it."""
        try:
            link = await self._client.run_javascript(HERE, timeout=PATIENCE)
        except TimeoutError:
            with self._client:  # the button that was pressed may be gone
                self._notice.say(_('The QR code could not be shown just now. Please try again in a moment.'))
            return
        if not isinstance(link, str) or len(link) > LONGEST:
            return
        with self._dialog.filled(), part('div', 'dialog qr', role='document').mark('qr'):
            Words('h2', _('Join with a phone'))
            picture(link)
            Words('p', link, 'qr-link', dir='ltr')
            with part('div', 'dialog-actions'):
                button(_('Close'), self._dialog.close, autofocus=True)


def picture(link: str) -> None:
    """A QR code, dark on light whatever the page looks like."""
    rows = [[bool(module) for module in row] for row in segno.make_qr(link).matrix]
    size = len(rows) + 2 * BORDER
    with part(
        'svg',
        'qr-code',
        viewBox=f'0 0 {size} {size}',
        role='img',
        aria_label=_('QR code of {link}', link=link),
    ):
        part('rect', width=size, height=size, fill='#ffffff')
        part('path', d=outline(rows), fill='#000000')


def outline(rows: list[list[bool]]) -> str:
    """The dark modules as one path: a box for each run of them in a row."""
    boxes = []
    for y, row in enumerate(rows, BORDER):
        x = BORDER
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                boxes.append(f'M{x} {y}h{length}v1h-{length}z')
            x += length
    return ''.join(boxes)
