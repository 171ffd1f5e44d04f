"""What an edit brings to those who do not have it yet."""

from dataclasses import dataclass

from collab.document.admission import Admitted


@dataclass(frozen=True, slots=True)
class News:
    """What an edit brought that was not there before.

    `update` holds exactly that, in the Yjs update format v1; `writers` are the client ids
    that brought new text; `admitted` is what the gate knows of an edit from outside.
    """

    update: bytes
    writers: tuple[int, ...]
    admitted: Admitted | None = None
