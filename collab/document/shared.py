"""The text that everybody in a document shares."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pycrdt import Doc, Text, TransactionEvent, merge_updates

from collab.document.admission import UNLIMITED, Ledger, Refused
from collab.document.change import Change, difference
from collab.document.protocol import read_state_vector
from collab.document.update import Deletion, decode

T = TypeVar('T')

CONTENT = 'content'
"""Name of the one shared text in a document."""

TOO_LARGE = 'The document would grow beyond its limit. Copy what you added last, then reload the page.'


class BrokenDocument(Exception):
    """The CRDT library failed on this document; throw the object away and build it again from the log."""


@dataclass(frozen=True, slots=True)
class News:
    """What an edit brought that was not there before.

    `update` holds exactly that, in the Yjs update format v1; `writers` are the client ids
    that brought new text.
    """

    update: bytes
    writers: tuple[int, ...]


class SharedDocument:
    """A Yjs text: concurrent edits merge, and every replica that has seen the same edits is equal.

    The only place that knows the CRDT library. Positions are code points, as in Python's str.
    """

    def __init__(self) -> None:
        self._doc: Doc[Text] = Doc()
        self._content = self._doc.get(CONTENT, type=Text)
        self._ledger = Ledger()
        self._news: bytes | None = None
        self._text: str | None = ''
        self._subscription = self._doc.observe(self._observe)

    @property
    def client_id(self) -> int:
        """The Yjs client id under which edits made here by Python code are written."""
        return self._doc.client_id

    @property
    def text(self) -> str:
        """The whole text. Built when somebody asks, and kept until the next edit."""
        if self._text is None:
            self._text = _guarded(str, self._content)
        return self._text

    @property
    def length(self) -> int:
        """Size of the text in bytes of UTF-8, without building it."""
        size: int = _guarded(len, self._content)
        return size

    def apply(self, update: bytes, may_write: Callable[[int], bool], space: int) -> News | None:
        """Merge an update from outside; return what was news in it, or None.

        `may_write(client)` says whether the sender may bring new text under this client id; `space` is
        how many bytes of text it may bring at most. Raises Refused or Incomplete (see
        collab.document.admission) and leaves the document alone; raises BrokenDocument when the library
        failed all the same.
        """
        admitted = self._ledger.admit(update, may_write)
        if admitted.writers and sum(section.size for section in admitted.news) > space:
            raise Refused('too-large', TOO_LARGE)
        news = self._merge(update)
        self._ledger.note(admitted)
        return News(news, admitted.writers) if news is not None else None

    def would_change(self, update: bytes) -> bool:
        """Whether an update brings text or deletes any. Merges nothing; raises as apply() does."""
        admitted = self._ledger.admit(update, _anyone)
        return bool(admitted.writers) or not self._are_deleted(admitted.deletions)

    def load(self, update: bytes) -> None:
        """Merge an update that was admitted before: a snapshot or a row of the log."""
        self._ledger.load(update)
        self._merge(update)

    def growth(self, changes: Sequence[Change]) -> int:
        """How many bytes longer these changes would make the text. Raises ValueError as edit() does."""
        _check(changes, self.text)
        return sum(len(c.text.encode()) - len(self.text[c.start : c.end].encode()) for c in changes)

    def edit(self, changes: Sequence[Change]) -> News | None:
        """Make these changes, which are in order and do not overlap, as one edit.

        Raises ValueError when a position is outside the text or a text holds half a character.
        """
        text = self.text
        _check(changes, text)
        self._news = None
        _guarded(self._write, text, changes)
        news, self._news = self._news, None
        if news is None:
            return None
        return News(news, self._ledger.load(news).writers)

    def set_text(self, text: str) -> News | None:
        """Make the text this, by the least changes, so that what others are typing stays where it is."""
        return self.edit(difference(self.text, text))

    def state_vector(self) -> bytes:
        """What this replica holds, in the format of sync step 1."""
        state: bytes = _guarded(self._doc.get_state)
        return state

    def missing(self, state_vector: bytes) -> bytes:
        """All that a replica with this state vector lacks. The vector must have been read strictly before."""
        update: bytes = _guarded(self._doc.get_update, state_vector)
        return update

    def snapshot(self) -> bytes:
        """The whole document as one update."""
        return self.missing(b'\x00')

    def close(self) -> None:
        """Let go of the library's object; without this it is never freed."""
        self._doc.unobserve(self._subscription)

    def _are_deleted(self, deletions: Sequence[Deletion]) -> bool:
        """Whether all of this is deleted here already; costs time in proportion to what ever was."""
        if not deletions:
            return True
        known: dict[int, list[Deletion]] = defaultdict(list)
        for deletion in decode(self.missing(self.state_vector()), UNLIMITED).deletions:
            known[deletion.client].append(deletion)
        return all(
            any(k.start <= wanted.start and wanted.end <= k.end for k in known[wanted.client])
            for wanted in deletions
        )

    def _merge(self, update: bytes) -> bytes | None:
        self._news = None
        _guarded(self._doc.apply_update, update)
        news, self._news = self._news, None
        return news

    def _observe(self, event: TransactionEvent) -> None:
        self._news = event.update
        self._text = None

    def _write(self, text: str, changes: Sequence[Change]) -> None:
        """From the end backwards, so that positions before a change still hold. The library counts bytes."""
        with self._doc.transaction():
            end = len(text)
            behind = len(text.encode())
            for change in reversed(changes):
                behind -= len(text[change.end : end].encode())
                stop = behind
                behind -= len(text[change.start : change.end].encode())
                end = change.start
                if stop > behind:
                    del self._content[behind:stop]
                if change.text:
                    self._content.insert(behind, change.text)


def merge(updates: Sequence[bytes]) -> bytes:
    """One update that holds all of these, which together have no gap."""
    return updates[0] if len(updates) == 1 else _guarded(merge_updates, *updates)


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
    return (
        one.text == other.text
        and read_state_vector(one.state_vector()) == read_state_vector(other.state_vector())
        and set(decode(one.snapshot(), UNLIMITED).deletions)
        == set(decode(other.snapshot(), UNLIMITED).deletions)
    )


def _guarded(call: Callable[..., T], *arguments: object) -> T:
    """A panic of the library is a BaseException, and whatever it raises may leave half an edit behind."""
    try:
        return call(*arguments)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise BrokenDocument(f'{type(error).__name__}: {error}') from error


def _anyone(_client: int) -> bool:
    return True


def _check(changes: Sequence[Change], text: str) -> None:
    at = 0
    for change in changes:
        if not at <= change.start <= change.end <= len(text):
            raise ValueError(
                f'Positions go from 0 to {len(text)}, in order; got {change.start} to {change.end}.'
            )
        at = change.end
        try:
            change.text.encode()
        except UnicodeEncodeError:
            raise ValueError('The text holds half a character (a lone surrogate).') from None
