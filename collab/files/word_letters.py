"""The letters in a paragraph of Word: bold, italic, code, links."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from markdown_it.tree import SyntaxTreeNode

from collab.files.markdown import image_words, is_link, is_ticked, number_of
from collab.files.paper import as_png
from collab.files.pictures import Album, kind_of


@dataclass(frozen=True, slots=True)
class Look:
    """How letters look."""

    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    superscript: bool = False
    link: str = ''
    columns: int = 1
    """Of the table in which they stand."""


class Letters:
    """Writes into paragraphs of one document, on pages with room for a picture of this size."""

    def __init__(self, album: Album, width: int, height: int) -> None:
        self._album = album
        self._room = width, height
        self._links: dict[str, str] = {}

    def write(self, nodes: Sequence[SyntaxTreeNode], look: Look, paragraph: Paragraph) -> None:
        """Add what these nodes say to the paragraph."""
        for node in nodes:
            if node.type in LOOKS:
                self.write(node.children, replace(look, **LOOKS[node.type]), paragraph)
            elif node.type == 'link':
                address = str(node.attrs.get('href', ''))
                self.write(node.children, replace(look, link=address), paragraph)
            elif node.type == 'softbreak':
                self.add(paragraph, ' ', look)
            elif node.type == 'hardbreak':
                paragraph.add_run().add_break()
            elif node.type == 'image' and self._picture(node, look, paragraph):
                pass
            elif node.type in WORDS:
                words, also = WORDS[node.type](node)
                self.add(paragraph, words, replace(look, **also))
            elif node.children:
                self.write(node.children, look, paragraph)
            else:
                self.add(paragraph, node.content, look)

    def add(self, paragraph: Paragraph, words: str, look: Look) -> None:
        """Add these words."""
        run = paragraph.add_run()
        for number, piece in enumerate(clean(words).split('\t')):
            if number:
                run.add_tab()
            run.add_text(piece)
        for name in ('bold', 'italic', 'strike', 'superscript'):
            if getattr(look, name):
                setattr(run.font, name, True)
        if look.code:
            run.font.name = 'Consolas'
        if is_link(look.link):
            self._link(paragraph, run, look.link)

    def _picture(self, node: SyntaxTreeNode, look: Look, paragraph: Paragraph) -> bool:
        """Add a picture of ours, as large as it is or as there is room for; False when there is none."""
        address = str(node.attrs.get('src', ''))
        data = self._album.take(address)
        if data is not None and kind_of(address) == 'webp':
            data = as_png(address, data)  # most of what reads files of Word does not know the other
        if data is None:
            return False
        run = paragraph.add_run()
        try:
            picture = run.add_picture(BytesIO(data))
        except Exception:  # whatever a damaged picture lets its reader stumble over
            paragraph._p.remove(run._r)
            return False
        width, height = picture.width, picture.height
        fits = min(1, self._room[0] / look.columns / width, self._room[1] / height)
        picture.width, picture.height = Emu(int(width * fits)), Emu(int(height * fits))
        picture._inline.docPr.set('descr', clean(node.content))
        if is_link(look.link):
            self._link(paragraph, run, look.link)
        return True

    def _link(self, paragraph: Paragraph, run: Run, address: str) -> None:
        link = OxmlElement('w:hyperlink')
        if address not in self._links:
            relations = paragraph.part.rels
            number = f'rIdLink{len(self._links)}'
            relations.add_relationship(RELATIONSHIP_TYPE.HYPERLINK, address, number, is_external=True)
            self._links[address] = number
        link.set(qn('r:id'), self._links[address])
        run.font.underline = True
        paragraph._p.append(link)
        link.append(run._r)


def clean(words: str) -> str:
    """Without the characters that XML does not know."""
    return ''.join(sign for sign in words if ' ' <= sign < '\ufffe' or sign > '\uffff' or sign == '\t')


LOOKS: dict[str, dict[str, Any]] = {'em': {'italic': True}, 'strong': {'bold': True}, 's': {'strike': True}}
WORDS: dict[str, Callable[[SyntaxTreeNode], tuple[str, dict[str, Any]]]] = {
    'code_inline': lambda node: (node.content, {'code': True}),
    'math_inline': lambda node: (node.content, {'code': True}),
    'html_inline': lambda node: ('☑' if is_ticked(node.content) else '☐', {}),
    'image': lambda node: (image_words(node), {'link': str(node.attrs.get('src', ''))}),
    'footnote_ref': lambda node: (str(number_of(node)), {'superscript': True}),
    'footnote_anchor': lambda _: ('', {}),
}
