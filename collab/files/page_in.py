"""Makes Markdown of web pages and of files of Word. What could run or fetch anything is left out."""

import re
import zipfile
from html import unescape
from io import BytesIO
from typing import Any

import mammoth  # type: ignore[import-untyped]
import nh3
from bs4.dammit import UnicodeDammit
from markdownify import MarkdownConverter

from collab.files.markdown import LINKS

TAGS = {
    'p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'blockquote', 'pre', 'code', 'em', 'i',
    'strong', 'b', 's', 'del', 'a', 'hr', 'br', 'table', 'thead', 'tbody', 'tfoot',
    'tr', 'th', 'td', 'dl', 'dt', 'dd', 'div', 'input',
}  # fmt: skip
WITH_CONTENT = {
    'script', 'style', 'title', 'template', 'noscript', 'iframe', 'object', 'embed', 'svg', 'math', 'head',
}  # fmt: skip
UNPACKED = 200_000_000
"""Bytes that a file of Word may hold when it is unpacked; a larger one is a trap, or no text."""
ESCAPED = re.compile(r'([\\`*_\[\]<])')
AT_BEGINNING = re.compile(r'^(\s*)(#{1,6}(?=\s|$)|[-+>|]|=+(?=\s*$)|\d{1,9}(?=[.)](?:\s|$)))', re.MULTILINE)
STYLES = "p[style-name='Code'] => pre:separator('\\n')\np[style-name='Quote'] => blockquote > p:fresh"
NO_WORD = 'is not a Word document that can be read (.docx, without a password)'


def from_html(data: bytes) -> tuple[str, str]:
    """The title, if it has one, and the text of a web page. Raises ValueError with what is wrong with it."""
    if b'\0' in data[:1_000] and not data.startswith((b'\xff\xfe', b'\xfe\xff')):
        raise ValueError('holds something else than a web page')
    html = UnicodeDammit(data, is_html=True).unicode_markup
    if html is None:
        raise ValueError('is in an encoding that nobody knows')
    title = re.search(r'<title[^>]*>(.{0,1000}?)</title', html, re.IGNORECASE | re.DOTALL)
    return ' '.join(unescape(title[1]).split()) if title else '', markdown_of(html)


def from_word(data: bytes) -> tuple[str, str]:
    """As `from_html`, of a file of Word."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if 'word/document.xml' not in archive.namelist():
                raise ValueError(NO_WORD)
            if sum(one.file_size for one in archive.infolist()) > UNPACKED:
                raise ValueError('grows too large when it is unpacked')
        html = mammoth.convert_to_html(
            BytesIO(data), style_map=STYLES, convert_image=mammoth.images.img_element(lambda _: {})
        )
    except ValueError:
        raise
    except (MemoryError, RecursionError):
        raise ValueError('is too large to be read') from None
    except Exception as error:  # whatever a broken file lets its readers stumble over
        raise ValueError(NO_WORD) from error
    return '', markdown_of(html.value)


def markdown_of(html: str) -> str:
    """The text of this HTML, as Markdown that says the same and no more."""
    clean = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=WITH_CONTENT,
        attributes={'a': {'href'}, 'ol': {'start'}, 'code': {'class'}, 'input': {'type', 'checked'}},
        link_rel=None,
        url_schemes=LINKS,
        url_relative='deny',
    )
    try:
        text = str(Converter(heading_style='ATX', bullets='-').convert(clean))
    except RecursionError:
        raise ValueError('is nested too deeply') from None
    text = re.sub(r'\n{3,}', '\n\n', text).strip('\n')
    return f'{text}\n' if text else ''


class Converter(MarkdownConverter):
    """Writes so that every sign of the page is read as the sign that it was."""

    def escape(self, text: str, parent_tags: Any) -> str:
        """What would mean something else in Markdown is marked as meant literally."""
        return AT_BEGINNING.sub(_marked, ESCAPED.sub(r'\\\1', text or ''))

    def convert_a(self, el: Any, text: str, parent_tags: Any) -> str:
        """A link that leads nowhere is only its words."""
        return str(super().convert_a(el, text, parent_tags)) if el.get('href') else text  # type: ignore[misc]

    def convert_input(self, el: Any, text: str, parent_tags: Any) -> str:
        """The box of a task; no other field says anything."""
        box = '[x]' if el.has_attr('checked') else '[ ]'
        return box if el.get('type') == 'checkbox' else ''

    def convert_pre(self, el: Any, text: str, parent_tags: Any) -> str:
        """Code in a fence longer than any that the code itself holds."""
        longest = max((len(run) for run in re.findall(r'`{3,}', text)), default=2)
        fence = '`' * (longest + 1)
        code = el.find('code')
        names = ' '.join(code.get('class') or []) if code else ''
        language = re.search(r'language-([\w+#-]+)', names)
        return f'\n\n{fence}{language[1] if language else ""}\n{text.strip(chr(10))}\n{fence}\n\n'


def _marked(found: re.Match[str]) -> str:
    """`1.` is marked at its dot, which stands behind what was found; all else in front."""
    return f'{found[1]}{found[2]}\\' if found[2].isdigit() else f'{found[1]}\\{found[2]}'
