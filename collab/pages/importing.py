"""Makes documents of files that somebody drops on the page or chooses: text, Markdown, web pages, Word."""

import logging
import re
from collections.abc import Sequence
from pathlib import PurePath

from nicegui import Client, events, ui
from nicegui.elements.upload_files import FileUpload

from collab.files.workshop import NotMade, Workshop
from collab.language.speaking import N_, _, ngettext
from collab.pages.doing import Doing
from collab.pages.parts import Words
from collab.rooms.hub import DOCUMENT_LIMIT, UPLOAD_LIMIT

log = logging.getLogger(__name__)

KINDS = ('.txt', '.text', '.md', '.markdown')
PAGES = ('.html', '.htm', '.xhtml')
WORD = ('.docx',)
BUTTON_HINT = N_('Text, Markdown, web pages, Word')
MOST = 100
"""Files at once."""
NAMED = 3
"""How many refused files a notice names."""
HEADING = re.compile(r'^ {0,3}#{1,6}[ \t]+(.{0,1000})', re.MULTILINE)
"""No part of it can match in two ways, or one long line would keep everybody waiting for hours."""

DROP = """(() => {{
    if (window.collabDrop) return;
    window.collabDrop = true;
    const files = (event) => event.dataTransfer?.types.includes('Files');
    const show = (on) => document.body.classList.toggle('dropping', on);
    addEventListener('dragover', (event) => {{
        if (!files(event)) return;
        event.preventDefault();
        show(true);
    }});
    addEventListener('dragleave', (event) => {{ if (!event.relatedTarget) show(false); }});
    addEventListener('drop', (event) => {{
        if (!files(event)) return;
        event.preventDefault();
        show(false);
        getElement({0})?.$refs.qRef.addFiles(event.dataTransfer.files);
    }});
}})()"""
CHOOSE = '() => getElement({0}).$refs.qRef.pickFiles()'


class Importing:
    """A button for files, and the whole page to drop them on. Those that can be read become documents."""

    def __init__(self, client: Client, doing: Doing, workshop: Workshop, limit: int = DOCUMENT_LIMIT) -> None:
        self._doing = doing
        self._workshop = workshop
        self._limit = limit
        self._upload = ui.upload(
            multiple=True,
            auto_upload=True,
            max_files=MOST,
            max_file_size=limit,
            max_total_size=UPLOAD_LIMIT,
            on_multi_upload=self._uploaded,
            on_rejected=self._rejected,
        )
        self._upload.on('failed', self._failed, args=[])
        self._upload.props('aria-hidden=true inert')
        self._upload.classes('aside').mark('upload')
        self.button = Words('button', _('Import'), 'button', type='button', title=_(BUTTON_HINT))
        self.button.on('click', js_handler=CHOOSE.format(self._upload.id))
        client.content.props['data-drop'] = _('Let go, and each file becomes a document.')
        client.on_connect(lambda: client.run_javascript(DROP.format(self._upload.id)) and None)

    async def _uploaded(self, event: events.MultiUploadEventArguments) -> None:
        made, refused = 0, []
        for file in event.files:
            try:
                if file.size() > self._limit:
                    raise ValueError(_('is larger than {size} MB', size=self._limit // 1_000_000))
                title, text = await self._read(file.name, await file.read())
                await self._doing.hub.create(title, text=text, author=self._doing.me.id)
                made += 1
            except (ValueError, NotMade) as error:
                refused.append(_('“{name}” {reason}', name=file.name, reason=_(str(error))))
            except Exception:
                log.exception('A file could not be imported.')
                reason = _('could not be stored just now')
                refused.append(_('“{name}” {reason}', name=file.name, reason=reason))
        self._upload.reset()
        self._say(made, refused, event.files)

    async def _read(self, name: str, data: bytes) -> tuple[str, str]:
        """The title and the text that a file makes. Raises ValueError, NotMade."""
        path = PurePath(name.replace('\\', '/'))
        ending = path.suffix.lower()
        if ending in PAGES:
            title, text = await self._workshop.read_page(data)
        elif ending in WORD:
            title, text = await self._workshop.read_word(data)
        else:
            return content_of(name, data)
        return title or plain_words(heading_of(text)) or path.stem, text

    def _say(self, made: int, refused: Sequence[str], files: Sequence[FileUpload]) -> None:
        words = []
        if made or not refused:
            words = [ngettext('{number} document imported.', '{number} documents imported.', made)]
        left = len(refused) - NAMED
        reasons = _('; ').join(refused[:NAMED])
        if left > 0:
            words.append(
                ngettext(
                    'Not imported: {reasons}, and {number} more.',
                    'Not imported: {reasons}, and {number} more.',
                    left,
                    reasons=reasons,
                )
            )
        elif refused:
            words.append(_('Not imported: {reasons}.', reasons=reasons))
        self._doing.notice.say(' '.join(words))

    def _failed(self) -> None:
        self._upload.reset()
        self._doing.notice.say(_('The files could not be sent. Please try again in a moment.'))

    def _rejected(self) -> None:
        self._doing.notice.say(
            _(
                'Some files were not imported: each may have {size} MB at most, and at once '
                '{most} files of together {together} MB.',
                size=self._limit // 1_000_000,
                most=MOST,
                together=UPLOAD_LIMIT // 1_000_000,
            )
        )


def content_of(name: str, data: bytes) -> tuple[str, str]:
    """The title and the text of a document made of this file: its first heading, or else its name.

    Raises ValueError with what is wrong with the file.
    """
    path = PurePath(name.replace('\\', '/'))
    if path.suffix.lower() not in KINDS:
        raise ValueError(N_('is no text, Markdown, web page or Word file'))
    try:
        text = data.decode('utf-8-sig').replace('\r\n', '\n').replace('\r', '\n')
    except UnicodeDecodeError:
        raise ValueError(N_('is not text in UTF-8')) from None
    if '\0' in text:
        raise ValueError(N_('holds something else than text'))
    heading = heading_of(text) if path.suffix.lower() in ('.md', '.markdown') else ''
    return heading or path.stem, text


def heading_of(text: str) -> str:
    """The words of its first heading; empty when there is none."""
    found = HEADING.search(text)
    words = found[1].strip(' \t') if found else ''
    before = words.rstrip('#')  # it may be closed as it was opened
    return words if before and before[-1] not in ' \t' else before.rstrip(' \t')


def plain_words(heading: str) -> str:
    """A heading that was made of a page, without the marks that only Markdown needs."""
    return re.sub(r'\\(.)|[*`]', lambda found: found[1] or '', heading)
