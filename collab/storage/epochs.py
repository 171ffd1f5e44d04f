"""Tells one life of a document from another: a browser must never merge what it kept of one into the other.

A document begins a new life when it is made, and when it is restored from a backup: what was typed since
the backup is gone then, and a browser that still knows it would bring it back, or double it.
"""

import secrets

MOST = 2**53 - 1
"""The largest integer that JavaScript counts exactly."""


def new_epoch() -> int:
    """A number that no other life of any document has: drawn, since a counter would be restored, too."""
    return 2 + secrets.randbelow(MOST - 1)
