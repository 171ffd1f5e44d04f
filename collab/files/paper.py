"""A document as a PDF, set by Typst: in any script that a font on this machine has."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import typst
from markdown_it.tree import SyntaxTreeNode

from collab.files.markdown import image_words, is_link, is_right_to_left, is_ticked, number_of, tree
from collab.files.pictures import NONE, PIXELS, Album, Pictures, kind_of, pixels_of

LAYOUT = Path(__file__).with_name('paper.typ')
DEEPEST = 12
"""Quotes and lists within each other; what lies deeper is set at this depth, or Typst would give up."""

LINE, STEP = 459.0, 24.0
"""Points: how long a line is, and by how much a list or a quote makes it shorter."""
ALONE = b'#set page(width: auto, height: auto, margin: 0pt)\n#image(sys.inputs.picture)'

Part = dict[str, object] | str
"""A part of the document as the layout reads it. All text is data there, and never read as code."""


def pdf(title: str, text: str, language: str, pictures: Pictures = NONE) -> bytes:
    """The PDF; `language` is a code of BCP 47."""
    try:
        return _set(title, text, language, pictures)
    except typst.TypstError:
        sound = {address: data for address, data in pictures.items() if _is_sound(address, data)}
        if len(sound) == len(pictures):
            raise
        return _set(title, text, language, sound)


def _is_sound(address: str, data: bytes) -> bool:
    return pixels_of(data) <= PIXELS and as_png(address, data, scale=0.01) is not None


def as_png(address: str, data: bytes, scale: float = 1) -> bytes | None:
    """This picture drawn anew; None for one that is damaged."""
    name = f'picture.{kind_of(address)}'
    how = {'format': 'png', 'ppi': 72 * scale, 'ignore_system_fonts': True}
    try:
        return _compiled(ALONE, {name: data}, {'picture': name}, **how)
    except typst.TypstError:
        return None


def _set(title: str, text: str, language: str, pictures: Pictures) -> bytes:
    setting = Setting(Album(pictures))
    document = {
        'title': title,
        'language': _language(language),
        'direction': 'rtl' if is_right_to_left(text) else 'ltr',
        'parts': setting.blocks(tree(text)),
    }
    return _compiled(LAYOUT.read_bytes(), setting.files, {'document': json.dumps(document)})


def _compiled(layout: bytes, files: Mapping[str, bytes], inputs: dict[str, str], **how: Any) -> bytes:
    own_fonts: list[str] = []  # those of the system are enough
    with TemporaryDirectory() as folder:
        for name, data in files.items():
            Path(folder, name).write_bytes(data)
        made = typst.compile(layout, root=folder, font_paths=own_fonts, sys_inputs=inputs, **how)
    return cast(bytes, made)


def _language(code: str) -> str:
    primary = code.split('-')[0].lower()
    return primary if primary.isascii() and primary.isalpha() and 2 <= len(primary) <= 3 else 'en'


class Setting:
    """Turns the tree of a text into parts for the layout."""

    def __init__(self, album: Album | None = None) -> None:
        self.files: dict[str, bytes] = {}
        """The pictures that the layout needs, by the names that it calls them."""
        self._album = album or Album()
        self._notes: dict[int, SyntaxTreeNode] = {}
        self._depth = 0
        self._columns = 1

    def blocks(self, parent: SyntaxTreeNode) -> list[Part]:
        """The children of this node."""
        for node in parent.children:
            if node.type == 'footnote_block':
                self._notes |= {number_of(note): note for note in node.children}
        return [part for node in parent.children for part in self._parts(node)]

    def _parts(self, node: SyntaxTreeNode) -> list[Part]:
        if make := MAKERS.get(node.type):
            return [make(self, node)]
        if node.type in ('bullet_list', 'ordered_list', 'blockquote'):
            return self._nested(node)
        if node.type in ('footnote_block', 'footnote_anchor'):
            return []
        return self.blocks(node) if node.children else [node.content]

    def _nested(self, node: SyntaxTreeNode) -> list[Part]:
        if self._depth >= DEEPEST:
            return [part for child in node.children for part in self.blocks(child)]
        self._depth += 1
        kind = {'bullet_list': 'ul', 'ordered_list': 'ol'}.get(node.type, 'quote')
        parts: list[Part]
        if kind == 'quote':
            parts = self.blocks(node)
        else:
            parts = [{'k': 'item', 'c': self.blocks(item)} for item in node.children]
        self._depth -= 1
        return [{'k': kind, 'c': parts, 'start': int(node.attrs.get('start', 1))}]

    def wrapped(self, node: SyntaxTreeNode) -> Part:
        """A part with the children of this node in it."""
        return {'k': WRAPPED[node.type], 'c': self.blocks(node)}

    def heading(self, node: SyntaxTreeNode) -> Part:
        """A heading, with its level."""
        return {'k': 'h', 'level': int(node.tag[1]), 'c': self.blocks(node)}

    def link(self, node: SyntaxTreeNode) -> Part:
        """A link, or only its words where it would lead nowhere."""
        address = str(node.attrs.get('href', ''))
        return {'k': 'a' if is_link(address) else 'span', 'to': address, 'c': self.blocks(node)}

    def image(self, node: SyntaxTreeNode) -> Part:
        """A picture of ours, or a link in place of any other."""
        address = str(node.attrs.get('src', ''))
        data = self._album.take(address)
        if data is not None:
            name = address.replace('/', '_')
            self.files[name] = data
            room = (LINE - STEP * self._depth) / self._columns
            return {'k': 'img', 'file': name, 'alt': node.content, 'room': room}
        return {'k': 'a' if is_link(address) else 'span', 'to': address, 'c': [image_words(node)]}

    def table(self, node: SyntaxTreeNode) -> Part:
        """All cells, row by row, the head first."""
        rows = [row for section in node.children for row in section.children]
        sides = [str(cell.attrs.get('style', '')).removeprefix('text-align:') for cell in rows[0].children]
        self._columns = len(sides) + 1  # and room around each cell
        cells = [[{'k': 'span', 'c': self.blocks(cell)} for cell in row.children] for row in rows]
        self._columns = 1
        return {
            'k': 'table',
            'sides': sides,
            'head': cells[0],
            'c': [cell for row in cells[1:] for cell in row],
        }

    def note(self, node: SyntaxTreeNode) -> Part:
        """The first reference carries the footnote to the foot of its page, later ones name its number."""
        number = number_of(node)
        note = self._notes.pop(number, None)
        if note is None:
            return {'k': 'sup', 'c': [str(number)]}
        first, *more = note.children
        return {
            'k': 'note',
            'c': [*self.blocks(first), *(part for node in more for part in self._parts(node))],
        }


WRAPPED = {'paragraph': 'p', 'em': 'em', 'strong': 'strong', 's': 's'}
MAKERS: dict[str, Callable[[Setting, SyntaxTreeNode], Part]] = {
    **dict.fromkeys(WRAPPED, Setting.wrapped),
    'heading': Setting.heading,
    'link': Setting.link,
    'image': Setting.image,
    'table': Setting.table,
    'footnote_ref': Setting.note,
    'hr': lambda _, node: {'k': 'hr'},
    'softbreak': lambda _, node: ' ',
    'hardbreak': lambda _, node: {'k': 'br'},
    'html_inline': lambda _, node: '☑\ufe0e' if is_ticked(node.content) else '☐',  # as text, no emoji
    'code_inline': lambda _, node: {'k': 'code', 'text': node.content},
    'math_inline': lambda _, node: {'k': 'code', 'text': node.content},
    'math_block': lambda _, node: {'k': 'pre', 'text': node.content.strip('\n'), 'in': 'latex'},
    'code_block': lambda _, node: {'k': 'pre', 'text': node.content, 'in': ''},
    'fence': lambda _, node: {'k': 'pre', 'text': node.content, 'in': node.info.split(' ')[0]},
}
