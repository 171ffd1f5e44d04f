"""A document summed up in one update, and proven to be what it was made of."""

from collections.abc import Sequence

from collab.document.admission import UNLIMITED, Incomplete, Refused
from collab.document.broken import Ambiguous, BrokenDocument
from collab.document.protocol import read_state_vector
from collab.document.shared import SharedDocument
from collab.document.update import decode


def summarise(updates: Sequence[bytes]) -> bytes:
    """One snapshot that holds all of these updates, which begin at the beginning. Raises Ambiguous."""
    original = SharedDocument()
    try:
        original.replay(updates)
        return proven_snapshot(original)
    finally:
        original.close()


def proven_snapshot(document: SharedDocument) -> bytes:
    """The whole document as one update, from which whoever loads it gets the same document.

    It was read back into a fresh one and found to hold the same text, state vector and deletions; otherwise
    Ambiguous is raised.
    """
    snapshot, copy = document.snapshot(), SharedDocument()
    try:
        copy.load(snapshot)
        if not equal(document, copy):
            raise Ambiguous('A snapshot does not hold what it was made of.')
        return snapshot
    except (Refused, Incomplete, BrokenDocument) as error:
        raise Ambiguous(str(error) or 'A snapshot lacks something.') from error
    finally:
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
