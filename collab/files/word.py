"""A document as a file of Word, which LibreOffice and others open as well."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.numbering import CT_Num
from docx.oxml.table import CT_Tbl
from docx.shared import Cm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph
from markdown_it.tree import SyntaxTreeNode

from collab.files.markdown import is_right_to_left, number_of, tree
from collab.files.pictures import NONE, Album, Pictures
from collab.files.word_letters import Letters, Look, clean

DEEPEST_STYLE = 3
"""Word's own template knows lists within lists to this depth; what lies deeper is only moved in."""
STEP = Cm(0.63)
SIDES = {
    'left': WD_ALIGN_PARAGRAPH.LEFT,
    'right': WD_ALIGN_PARAGRAPH.RIGHT,
    'center': WD_ALIGN_PARAGRAPH.CENTER,
}
CODE = 'Code'


def word(title: str, text: str, language: str, pictures: Pictures = NONE) -> bytes:
    """The file; `language` is a code of BCP 47."""
    document = Document()
    document.core_properties.title = clean(title)
    document.core_properties.author = document.core_properties.comments = ''
    document.core_properties.language = language
    _set_up(document)
    Writing(document, Album(pictures), is_right_to_left(text)).blocks(tree(text).children, Place())
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _block_height(page: Any) -> int:
    return int(page.page_height - page.top_margin - page.bottom_margin)


def _set_up(document: Any) -> None:
    code = document.styles.add_style(CODE, WD_STYLE_TYPE.PARAGRAPH)
    code.base_style = document.styles['Normal']
    code.font.name, code.font.size = 'Consolas', Pt(9.5)
    code.paragraph_format.space_after = Pt(0)
    code.paragraph_format.left_indent = STEP


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: in which kind of paragraph, how deep, in which numbered list."""

    style: str = 'Normal'
    depth: int = 0
    indent: int = 0
    number: int | None = None


class Writing:
    """Adds the parts of a text to a document, one after the other."""

    def __init__(self, document: Any, album: Album, right_to_left: bool) -> None:
        self._document = document
        self._end = document.element.body.sectPr
        self._right_to_left = right_to_left
        self._styles = {style.name: style for style in document.styles}
        self._ids = {name: style.style_id for name, style in self._styles.items()}
        self._letters = Letters(album, document._block_width, _block_height(document.sections[-1]))
        self._numbers = document.part.numbering_part.element
        self._abstract: dict[str, int] = {}
        self._numbered = 1_000  # behind all numbers that Word's template has

    def blocks(self, nodes: Sequence[SyntaxTreeNode], place: Place) -> None:
        """Add these blocks."""
        for node in nodes:
            if make := BLOCKS.get(node.type):
                make(self, node, place)
            elif node.children:
                self.blocks(node.children, place)

    def paragraph(self, node: SyntaxTreeNode, place: Place) -> None:
        """A paragraph of running text."""
        self._letters.write(node.children, Look(), self._new(place))

    def heading(self, node: SyntaxTreeNode, _place: Place) -> None:
        """A heading of Word's own kind, so that it is in the navigation."""
        self._letters.write(node.children, Look(), self._new(Place(f'Heading {node.tag[1]}')))

    def items(self, node: SyntaxTreeNode, place: Place) -> None:
        """A list; each numbered one begins to count by itself."""
        depth = place.depth + 1
        level = min(depth, DEEPEST_STYLE)
        suffix = '' if level == 1 else f' {level}'
        ordered = node.type == 'ordered_list'
        name = ('List Number' if ordered else 'List Bullet') + suffix
        number = self._numbering(name, int(node.attrs.get('start', 1))) if ordered else None
        first = Place(name, depth, place.indent + max(0, depth - level), number)
        for item in node.children:
            here = first
            for child in item.children:
                self.blocks([child], here)
                here = replace(here, style=f'List Continue{suffix}', number=None)

    def quote(self, node: SyntaxTreeNode, place: Place) -> None:
        """What somebody else said."""
        style = place.style if place.depth else 'Quote'
        self.blocks(node.children, replace(place, style=style, indent=place.indent + 1))

    def code(self, node: SyntaxTreeNode, place: Place) -> None:
        """Code, each line as it is."""
        for line in node.content.removesuffix('\n').split('\n'):
            self._letters.add(self._new(Place(CODE, indent=place.indent + place.depth)), line, Look())

    def rule(self, _node: SyntaxTreeNode, place: Place) -> None:
        """A line across the page."""
        edge = OxmlElement('w:pBdr')
        line = OxmlElement('w:bottom')
        for name, value in {'val': 'single', 'sz': '6', 'space': '1', 'color': 'auto'}.items():
            line.set(qn(f'w:{name}'), value)
        edge.append(line)
        self._new(Place(indent=place.indent))._p.get_or_add_pPr().insert_element_before(edge, *AFTER_EDGE)

    def table(self, node: SyntaxTreeNode, _place: Place) -> None:
        """A table with a head that is repeated on each page."""
        rows = [row for section in node.children for row in section.children]
        columns = len(rows[0].children)
        made = CT_Tbl.new_tbl(len(rows), columns, self._document._block_width)
        table = Table(self._put(made), self._document._body)
        table._tbl.tblStyle_val = self._ids['Table Grid']
        head = table.rows[0]._tr.get_or_add_trPr()
        head.append(OxmlElement('w:tblHeader'))
        cells = table._cells  # each look at a row or column would read all of them again
        flat = [(row, cell) for row in rows for cell in row.children]
        for cell, (row, source) in zip(cells, flat, strict=True):
            paragraph = cell.paragraphs[0]
            side = str(source.attrs.get('style', '')).removeprefix('text-align:')
            paragraph.alignment = SIDES.get(side)
            self._turn(paragraph)
            self._letters.write(source.children, Look(bold=row is rows[0], columns=columns), paragraph)

    def notes(self, node: SyntaxTreeNode, _place: Place) -> None:
        """All footnotes, at the end."""
        self.rule(node, Place())
        for note in node.children:
            paragraphs = note.children
            first = self._new(Place())
            self._letters.add(first, f'{number_of(note)} ', Look(superscript=True))
            if paragraphs and paragraphs[0].type == 'paragraph':
                self._letters.write(paragraphs[0].children, Look(), first)
                paragraphs = paragraphs[1:]
            self.blocks(paragraphs, Place(indent=1))

    def _put(self, element: Any) -> Any:
        self._end.addprevious(element)  # python-docx would look for the end of the document each time
        return element

    def _new(self, place: Place) -> Paragraph:
        paragraph = Paragraph(self._put(OxmlElement('w:p')), self._document._body)
        paragraph._p.style = self._ids[place.style]  # by name, it would read all styles again each time
        if place.indent:
            own = self._styles[place.style].paragraph_format.left_indent or 0
            paragraph.paragraph_format.left_indent = own + STEP * place.indent
        if place.number is not None:
            numbers = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            numbers.get_or_add_numId().val = place.number
            numbers.get_or_add_ilvl().val = 0
        self._turn(paragraph)
        return paragraph

    def _turn(self, paragraph: Paragraph) -> None:
        if self._right_to_left:
            side = OxmlElement('w:bidi')
            paragraph._p.get_or_add_pPr().insert_element_before(side, *AFTER_BIDI)

    def _numbering(self, style: str, start: int) -> int:
        if style not in self._abstract:
            used = self._styles[style].element.pPr.numPr.numId.val
            self._abstract[style] = self._numbers.num_having_numId(used).abstractNumId.val
        self._numbered += 1
        number = CT_Num.new(self._numbered, self._abstract[style])  # type: ignore[no-untyped-call]
        self._numbers.append(number)
        number.add_lvlOverride(ilvl=0).add_startOverride(min(start, 2**31 - 1))
        return self._numbered


AFTER_EDGE = ('w:shd', 'w:tabs', 'w:suppressAutoHyphens', 'w:bidi', 'w:spacing', 'w:ind', 'w:jc', 'w:rPr')
AFTER_BIDI = ('w:adjustRightInd', 'w:snapToGrid', 'w:spacing', 'w:ind', 'w:jc', 'w:rPr')
"""What the format wants behind an edge, and behind the mark of right-to-left text."""

BLOCKS: dict[str, Callable[[Writing, SyntaxTreeNode, Place], None]] = {
    'paragraph': Writing.paragraph,
    'heading': Writing.heading,
    'bullet_list': Writing.items,
    'ordered_list': Writing.items,
    'blockquote': Writing.quote,
    'fence': Writing.code,
    'code_block': Writing.code,
    'math_block': Writing.code,
    'hr': Writing.rule,
    'table': Writing.table,
    'footnote_block': Writing.notes,
}
