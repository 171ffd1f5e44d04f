"""How Python code writes in a document that people are writing in."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from collab.document.change import Change, difference

CODE = 'python'
"""Author of edits that Python code makes without saying for whom."""


class Editing(ABC):
    """Edits at code-point positions, merged with whatever people type meanwhile.

    All of them raise ValueError for positions outside the text or a text beyond the limit, and
    PermissionError when the document is closed.
    """

    @property
    @abstractmethod
    def text(self) -> str:
        """The whole text as it is now."""

    @abstractmethod
    def edit(self, changes: Sequence[Change], author: str = CODE) -> None:
        """Make these changes, which are in order and do not overlap, as one edit."""

    def insert(self, at: int, text: str, author: str = CODE) -> None:
        """Insert `text` before code point number `at`."""
        self.edit([Change(at, at, text)], author)

    def delete(self, start: int, end: int, author: str = CODE) -> None:
        """Delete the code points start:end."""
        self.edit([Change(start, end, '')], author)

    def replace(self, start: int, end: int, text: str, author: str = CODE) -> None:
        """Put `text` in place of the code points start:end."""
        self.edit([Change(start, end, text)], author)

    def set_text(self, text: str, author: str = CODE) -> None:
        """Make the text this, by the least changes, so that nobody's typing is disturbed."""
        self.edit(difference(self.text, text), author)
