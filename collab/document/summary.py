"""A document summed up in one update, and proven to be what it was made of."""

from collections.abc import Sequence

from collab.document.admission import UNLIMITED
from collab.document.broken import BrokenDocument
from collab.document.protocol import read_state_vector
from collab.document.shared import SharedDocument
from collab.document.update import decode


def summarise(updates: Sequence[bytes]) -> bytes:
    """One snapshot that holds all of these updates, which begin at the beginning.

    It was read back into a fresh document and found to hold the same text, state vector and deletions;
    otherwise BrokenDocument is raised.
    """
    original, copy = SharedDocument(), SharedDocument()
    try:
        for update in updates:
            original.load(update)
        snapshot = original.snapshot()
        copy.load(snapshot)
        if not equal(original, copy):
            raise BrokenDocument('A snapshot does not hold what it was made of.')
        return snapshot
    finally:
        original.close()
        copy.close()


def equal(one: SharedDocument, other: SharedDocument) -> bool:
    """Whether two replicas hold the same text, the same history and the same deletions."""
    if one.text != other.text:
        return False
    first, second = one.snapshot(), other.snapshot()
    # The library writes clients and deletions in any order, so only equal bytes tell at once.
    return first == second or (
        read_state_vector(one.state_vector()) == read_state_vector(other.state_vector())
        and set(decode(first, UNLIMITED).deletions) == set(decode(second, UNLIMITED).deletions)
    )
