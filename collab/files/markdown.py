"""Reads Markdown as the preview does: CommonMark with tables, tasks, footnotes, formulas and bare links."""

import unicodedata
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

LINKS = {'http', 'https', 'mailto'}


def parser() -> MarkdownIt:
    """A reader of our Markdown. HTML in a text is a text like any other."""
    markdown = MarkdownIt('js-default', {'html': False, 'linkify': True})
    markdown.use(footnote_plugin).use(tasklists_plugin)
    return markdown.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False)


def tree(text: str) -> SyntaxTreeNode:
    """The text as the tree of its parts."""
    return SyntaxTreeNode(parser().parse(text))


def is_link(address: str) -> bool:
    """Whether this leads somewhere outside, and does nothing else."""
    try:
        return urlsplit(address).scheme in LINKS
    except ValueError:
        return False


def is_ticked(box: str) -> bool:
    """Whether the box of a task, as the parser writes it, is ticked."""
    return 'checked="checked"' in box


def image_words(image: Token | SyntaxTreeNode) -> str:
    """What stands in place of an image: a file that is opened elsewhere must fetch nothing."""
    return f'Image: {image.content.strip() or image.attrs.get("src", "")}'


def number_of(note: SyntaxTreeNode) -> int:
    """The number of a footnote, or of a reference to it."""
    return int(note.meta['id']) + 1


def is_right_to_left(text: str) -> bool:
    """Whether a text is written from right to left, as its first letter tells."""
    for sign in text:
        if (side := unicodedata.bidirectional(sign)) in ('L', 'R', 'AL'):
            return side != 'L'
    return False
