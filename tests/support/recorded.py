"""Recorded editing sessions of real people: where they lie, and what was typed in them, as updates."""

import gzip
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pycrdt import Doc, Text

from collab.document.admission import UNLIMITED
from collab.document.update import decode

ROOT = Path(__file__).parents[2]
TRACES = (
    Path(os.environ.get('COLLAB_TRACES') or ROOT / 'tests' / 'traces'),
    ROOT.parent / 'shared' / 'traces',
)


def find_traces() -> Path | None:
    """Folder of the recorded editing sessions."""
    return next((folder for folder in TRACES if any(folder.glob('*.json.gz'))), None)


def load(folder: Path, name: str) -> Any:
    """A session as its JSON says."""
    with gzip.open(folder / f'{name}.json.gz', 'rt', encoding='utf-8') as file:
        return json.load(file)


class Replica:
    """A CRDT that is typed into; positions are characters, which in these recordings are all ASCII."""

    def __init__(self, client: int | None = None) -> None:
        self.doc: Doc[Text] = Doc(client_id=client)
        self.content = self.doc.get('content', type=Text)
        self.update = b''
        self._subscription = self.doc.observe(self._observe)

    def type(self, patches: list[tuple[int, int, str]]) -> bytes:
        """Make the changes of one transaction; the update that tells others of them."""
        with self.doc.transaction():
            for at, deleted, text in patches:
                if deleted:
                    del self.content[at : at + deleted]
                if text:
                    self.content.insert(at, text)
        return self.update

    def _observe(self, event: Any) -> None:
        self.update = event.update


@dataclass
class Transaction:
    """What one author did at once: the update, and how far the others had come when it was typed."""

    author: int
    update: bytes
    seen: dict[int, int]
    ends: dict[int, int] = field(default_factory=dict)
    deleted: list[tuple[int, int]] = field(default_factory=list)


def concurrent(recorded: Any) -> Iterator[Transaction]:
    """The transactions with exactly the concurrency of the recording: each typed on a replica that holds
    what its author had seen, and nothing else."""
    authors = [Replica(2_000 + i) for i in range(recorded['numAgents'])]
    made: list[Transaction] = []
    by_author: dict[int, list[Transaction]] = defaultdict(list)
    known: list[dict[int, int]] = []
    brought: list[dict[int, int]] = [defaultdict(int) for _ in authors]
    for transaction in recorded['txns']:
        author = transaction['agent']
        seen: dict[int, int] = defaultdict(int)
        for parent in transaction['parents']:
            for other, count in known[parent].items():
                seen[other] = max(seen[other], count)
        for other, count in seen.items():
            if other != author:
                for number in range(brought[author][other], count):
                    authors[author].doc.apply_update(by_author[other][number].update)
                brought[author][other] = max(brought[author][other], count)
        typed = Transaction(author, authors[author].type(transaction['patches']), dict(seen))
        sections, deletions, _ = decode(typed.update, UNLIMITED)
        typed.ends = {client: section.end for client, section in sections.items()}
        typed.deleted = [(d.client, clock) for d in deletions for clock in range(d.start, d.end)]
        by_author[author].append(typed)
        made.append(typed)
        known.append({**seen, author: seen[author] + 1})
    return iter(made)


class Arrivals:
    """How much of what everybody typed has reached somebody; updates may come merged."""

    def __init__(self, transactions: list[list[Transaction]], own: int) -> None:
        """`transactions` are those of each author; of those of author `own` nothing is to arrive."""
        self.counts = [0] * len(transactions)
        self._transactions = transactions
        self._own = own
        self._clocks: dict[int, int] = defaultdict(int)
        self._deleted: set[tuple[int, int]] = set()

    def take(self, update: bytes) -> None:
        """This has arrived."""
        sections, deletions, _ = decode(update, UNLIMITED)
        for client, section in sections.items():
            self._clocks[client] = max(self._clocks[client], section.end)
        self._deleted |= {(d.client, clock) for d in deletions for clock in range(d.start, d.end)}
        for other, transactions in enumerate(self._transactions):
            while other != self._own and self.counts[other] < len(transactions):
                if not self._has(transactions[self.counts[other]]):
                    break
                self.counts[other] += 1

    def enough_for(self, transaction: Transaction) -> bool:
        """Whether everything is there that its author had seen."""
        return all(self.counts[o] >= n for o, n in transaction.seen.items() if o != self._own)

    @property
    def complete(self) -> bool:
        """Whether all that others typed is there."""
        return all(
            count == len(transactions)
            for other, (count, transactions) in enumerate(zip(self.counts, self._transactions, strict=True))
            if other != self._own
        )

    def _has(self, transaction: Transaction) -> bool:
        return self._deleted.issuperset(transaction.deleted) and all(
            self._clocks[client] >= end for client, end in transaction.ends.items()
        )
