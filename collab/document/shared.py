"""The text that everybody in a document shares."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from pycrdt import Doc, Text, TransactionEvent, get_update, merge_updates

from collab.document.admission import UNLIMITED, Admitted, Incomplete, Ledger, Refused, anybody
from collab.document.broken import Overgrown, Wearisome, guarded, too_large
from collab.document.change import Change, check, difference, from_the_end
from collab.document.deletions import Deleted, cheaply
from collab.document.digest import Digest, digest
from collab.document.news import News
from collab.document.protocol import read_state_vector, write_state_vector
from collab.document.steps import in_steps
from collab.document.surrogates import has_pairs
from collab.document.update import Deletion, decode

Asked = Callable[[], bool]

CONTENT = 'content'
"""Name of the one shared text in a document."""

AT_A_TIME = 64
"""So many updates the library merges in a microsecond each; with 5,000 it takes twenty."""

SHORT = 256
"""Updates up to so many bytes cannot cut a long text into so many pieces that merging them takes a while."""

UNIT_BYTES = 3
"""Most bytes of UTF-8 in a text unit: half of four in a surrogate pair, else three at most."""


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
        self._at_most = 0  # the text is no longer than this: asking for its length costs as much as an edit
        self._deleted: Deleted | None = None
        self._subscription = self._doc.observe(self._observe)

    @property
    def client_id(self) -> int:
        """The Yjs client id under which edits made here by Python code are written."""
        return self._doc.client_id

    @property
    def writers(self) -> int:
        """How many client ids ever wrote here; every edit costs a little more for each, 0.1 us."""
        return len(self._ledger.clocks)

    @property
    def text(self) -> str:
        """The whole text. Built when somebody asks, and kept until the next edit."""
        if self._text is None:
            self._text = guarded(str, self._content)
        return self._text

    @property
    def length(self) -> int:
        """Size of the text in bytes of UTF-8, without building it."""
        return guarded(len, self._content)

    def apply(
        self, update: bytes, may_write: Callable[[int], bool], limit: int, is_enough: Asked = bool
    ) -> News | None:
        """Merge an update from outside; return what was news in it, or None.

        `may_write(client)` says whether the sender may write under this client id; the text may become
        `limit` bytes long. `is_enough` is asked on the way whether it has taken too long. Raises Refused or
        Incomplete (see collab.document.admission) and leaves the document alone; BrokenDocument when the
        library failed, or only merging told that the text or the work is too much.
        """
        admitted = self._ledger.admit(update, may_write)
        brought = sum(section.size for section in admitted.news)
        if self._has_room(brought, limit):
            news = self._merge(update, admitted, is_enough)
            self._at_most += brought
        else:
            news = self._exchange(update, admitted, brought, limit, is_enough)
        self._ledger.note(admitted)
        return News(news, admitted.writers, admitted) if news is not None else None

    def would_change(self, update: bytes) -> bool:
        """Whether an update brings text or deletes any. Merges nothing; raises as apply() does."""
        admitted = self._ledger.admit(update, anybody)
        return bool(admitted.writers) or not self._are_deleted(admitted.deletions)

    def load(self, update: bytes) -> None:
        """Merge an update that was admitted before: a snapshot or a row of the log."""
        admitted = self._ledger.admit(update, anybody, UNLIMITED)
        self._merge(update, admitted)
        self._at_most += sum(section.size for section in admitted.news)
        self._ledger.note(admitted)

    def replay(self, updates: Iterable[bytes]) -> None:
        """Merge updates that were admitted before, in order; the gate is asked about long ones only.

        A third of the time of load(). Only for a replica that nobody edits: it does not learn where
        characters are two units. Raises Incomplete when some of it fits nowhere.
        """
        for is_short, group in groupby(updates, lambda update: len(update) <= SHORT):
            if is_short:
                self._replay_short(tuple(group))
            else:
                for update in group:
                    self.load(update)

    def load_snapshot(self, state: bytes) -> None:
        """Begin as a snapshot that this program made and proved, and that is as it was written.

        It came through the gate when it was made; going through it again takes fifteen times as long as
        merging it. Only for a new document. Raises BrokenDocument when it cannot be merged after all.
        """
        guarded(self._doc.apply_update, state)
        self._news = None
        self._at_most = self.length
        if has_pairs(self.text):
            self._ledger.load(state)
        else:
            self._ledger.clocks = read_state_vector(self.state_vector(), UNLIMITED.sections)

    def edit(self, changes: Sequence[Change]) -> News | None:
        """Make these changes, which are in order and do not overlap, as one edit.

        Raises ValueError when a position is outside the text or a text holds half a character.
        """
        text = self.text
        check(changes, text)
        self._news = None
        guarded(self._write, text, changes)
        news, self._news = self._news, None
        self._at_most = self.length
        return None if news is None else News(news, self._ledger.load(news).writers)

    def set_text(self, text: str) -> News | None:
        """Make the text this, by the least changes, so that what others are typing stays where it is."""
        return self.edit(difference(self.text, text))

    def state_vector(self) -> bytes:
        """What this replica holds, in the format of sync step 1."""
        state: bytes = guarded(self._doc.get_state)
        return state

    def missing(self, state_vector: bytes) -> bytes:
        """All that a replica with this state vector lacks. The vector must have been read strictly before."""
        update: bytes = guarded(self._doc.get_update, state_vector)
        return update

    def snapshot(self) -> bytes:
        """The whole document as one update."""
        return self.missing(b'\x00')

    def digest(self) -> Digest:
        """What this replica holds, in three numbers."""
        clocks = read_state_vector(self.state_vector())  # the library writes it in no order
        return digest(write_state_vector(clocks), self.text)

    def close(self) -> None:
        """Let go of the library's object; without this it is never freed."""
        self._doc.unobserve(self._subscription)

    def _are_deleted(self, deletions: Sequence[Deletion]) -> bool:
        """Whether all of this is deleted here already; the first to ask after a change has that looked up."""
        if deletions and self._deleted is None:
            self._deleted = Deleted(decode(self.missing(self.state_vector()), UNLIMITED).deletions)
        return self._deleted is None or all(map(self._deleted.has, deletions))

    def _merge(self, update: bytes, admitted: Admitted, is_enough: Asked | None = None) -> bytes | None:
        """Merge it, in several steps if that is quicker or may take too long; what was news in it."""
        news: list[bytes] = []
        end, deletions, known = admitted.sections_end, admitted.deletions, self._ledger.clocks
        steps = cheaply(update, end, deletions, known)
        if is_enough is not None:
            steps = in_steps(steps, update, end, admitted.news, deletions)
        for step in steps:
            if is_enough is not None and is_enough():
                raise Wearisome
            self._news = None
            guarded(self._doc.apply_update, step)
            if self._news is not None:
                news.append(self._news)
        self._news = None
        return merge(news) if news else None

    def _replay_short(self, updates: Sequence[bytes]) -> None:
        """Each by itself: what the library joins after one has a say in where the next comes to stand."""
        for update in updates:
            guarded(self._doc.apply_update, update)
        if guarded(get_update, merge(updates), self.state_vector())[
            0
        ]:  # what is still lacking, if anything is
            raise Incomplete
        self._ledger.clocks = read_state_vector(self.state_vector(), UNLIMITED.sections)

    def _has_room(self, brought: int, limit: int) -> bool:
        """Whether so much more text fits, whatever is deleted. What deletes only is welcome at any length."""
        if self._at_most + brought > limit:
            self._at_most = self.length
        return not brought or self._at_most + brought <= limit

    def _exchange(
        self, update: bytes, admitted: Admitted, brought: int, limit: int, is_enough: Asked
    ) -> bytes | None:
        """Merge what fits only if it deletes enough. Whether that text is still there, merging tells."""
        before = self._at_most
        deleted = sum(deletion.end - deletion.start for deletion in admitted.deletions)
        if before + brought > limit + UNIT_BYTES * deleted:
            raise Refused('too-large', too_large(limit))
        news = self._merge(update, admitted, is_enough)
        self._at_most = self.length
        if self._at_most > max(limit, before):
            raise Overgrown(limit)
        return news

    def _observe(self, event: TransactionEvent) -> None:
        self._news = event.update
        self._text = self._deleted = None

    def _write(self, text: str, changes: Sequence[Change]) -> None:
        with self._doc.transaction():
            for start, end, new in from_the_end(changes, text):
                if end > start:
                    del self._content[start:end]
                if new:
                    self._content.insert(start, new)


def merge(updates: Sequence[bytes]) -> bytes:
    """One update that holds all of these, which together have no gap.

    The library's time grows with the square of their number, so they are merged a few at a time.
    """
    while len(updates) > 1:
        updates = [
            guarded(merge_updates, *updates[at : at + AT_A_TIME]) for at in range(0, len(updates), AT_A_TIME)
        ]
    return updates[0]
