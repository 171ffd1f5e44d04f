"""What makes a document unfit for use, and what whoever caused it is told."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar('T')


class BrokenDocument(Exception):
    """The CRDT library failed on this document; throw the object away and build it again from the log."""

    code, words = 'update', 'The server could not take in an edit of this page.'


class Ambiguous(BrokenDocument):
    """What the document is depends on the order of merging its edits; no honest editor makes it so."""


class Overgrown(BrokenDocument):
    """An edit turned out to be too long only when it was merged: what it deletes was deleted before."""

    def __init__(self, limit: int) -> None:
        super().__init__(f'an edit beyond the limit of {limit:,} bytes')
        self.code, self.words = 'too-large', too_large(limit)


class Wearisome(BrokenDocument):
    """The merging of an edit was stopped on the way: it would have kept everybody waiting."""

    code, words = 'too-large', 'This change takes too long to merge. Copy what you added, then reload.'

    def __init__(self) -> None:
        super().__init__('an edit that took too long to merge')


def too_large(limit: int) -> str:
    """What whoever brought too much is told."""
    most = f'{limit / 1_000_000:g} MB' if limit >= 1_000_000 else f'{limit:,} bytes'
    return f'A document holds at most {most}, this edit would exceed that. Copy what you added, then reload.'


def guarded(call: Callable[..., T], *arguments: object) -> T:
    """Call the library, of which a panic is a BaseException. Whatever it raises may leave half an edit."""
    try:
        return call(*arguments)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise BrokenDocument(f'{type(error).__name__}: {error}') from error
