"""A document as a web page in one file, which fetches nothing and runs nothing."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import nh3
from markdown_it.token import Token

from collab.files.markdown import LINKS, image_words, is_link, is_right_to_left, parser
from collab.files.pictures import KINDS, NONE, Album, Pictures, kind_of

STYLE = Path(__file__).with_name('web_page.css')
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
TAGS = {
    'p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'blockquote', 'pre', 'code', 'em', 'strong',
    's', 'a', 'hr', 'br', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'input', 'sup', 'section', 'span',
    'div', 'img',
}  # fmt: skip
ATTRIBUTES = {
    '*': {'id', 'class'},
    'a': {'href', 'title'},
    'ol': {'start'},
    'th': {'align'},
    'td': {'align'},
    'img': {'src', 'alt'},
    'input': {'type', 'checked', 'disabled'},
}
PAGE = """<!doctype html>
<html lang="{language}"{direction}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Collab">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}</main>
</body>
</html>
"""


def web_page(title: str, text: str, language: str, pictures: Pictures = NONE) -> str:
    """The whole page; `language` is a code of BCP 47."""
    markdown = parser()
    for name in ('th_open', 'td_open'):
        markdown.add_render_rule(name, _aligned)
    markdown.add_render_rule('image', _image)
    body = nh3.clean(
        markdown.render(text, {'album': Album(pictures)}),
        tags=TAGS,
        attributes=ATTRIBUTES,
        link_rel='noopener noreferrer',
        url_schemes=LINKS,
        url_relative='pass_through',
        attribute_filter=lambda tag, name, value: _leads(pictures, tag, name, value),
    )
    return PAGE.format(
        language=escape(language),
        direction=' dir="rtl"' if is_right_to_left(text) else '',
        policy=escape(POLICY),
        title=escape(title),
        style=STYLE.read_text('utf-8'),
        body=body,
    )


def _aligned(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """Alignment as an attribute, for nothing in the text has a style of its own."""
    token = tokens[index]
    side = str(token.attrs.pop('style', '')).removeprefix('text-align:')
    if side:
        token.attrSet('align', side)
    return str(self.renderToken(tokens, index, options, env))


def _image(_self: Any, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
    words, address = escape(image_words(tokens[index])), str(tokens[index].attrs.get('src', ''))
    if env['album'].take(address) is not None:
        return f'<img src="{escape(address)}" alt="{escape(tokens[index].content)}">'
    return f'<a href="{escape(address)}">{words}</a>' if is_link(address) else words


def _leads(pictures: Pictures, _tag: str, name: str, value: str) -> str | None:
    """A picture is put in place of its address; a link leads elsewhere or to a place of the same page."""
    if name == 'src':
        data = pictures.get(value)
        return None if data is None else f'data:{KINDS[kind_of(value)]};base64,{b64encode(data).decode()}'
    return None if name == 'href' and not (is_link(value) or value.startswith('#')) else value
