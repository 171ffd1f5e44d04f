"""Edits of one room that wait for the next commit, put together for it."""

import logging
from dataclasses import dataclass, field

from collab.document.broken import BrokenDocument
from collab.document.news import News
from collab.document.shared import merge

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Row:
    """What one author wrote in a moment: one row of the log."""

    author: str
    at: int
    """When the last of it came, in milliseconds since the epoch, for people to read."""
    updates: list[bytes] = field(default_factory=list)
    replicas: tuple[int, ...] = ()
    """Client ids that write here for the first time."""


class Gathering:
    """What everybody types while a commit runs; it goes into the log as one row for each author.

    Nobody sees what is not committed, so edits that wait here together hardly ever build upon each other, and
    their order among authors does not matter. Where one does build upon another's (two tabs may talk to each
    other without us, Python code sees everything), it and all that follow come in rows of their own behind.
    """

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._open: dict[str, Row] = {}
        self._brought: dict[int, tuple[str, int]] = {}

    def add(self, news: News, author: str, at: int, replicas: tuple[int, ...]) -> None:
        """Put in an edit that was just merged. `replicas` are its client ids that never wrote before."""
        if news.admitted is None or self._builds_upon_others(news, author):
            self._open.clear()
            self._brought.clear()
        row = self._open.get(author)
        if row is None:
            row = self._open[author] = Row(author, at)
            self._rows.append(row)
        row.at = at
        row.updates.append(news.update)
        row.replicas += replicas
        if news.admitted is None:
            self._open.clear()
        else:
            for section in news.admitted.news:
                self._brought.setdefault(section.client, (author, section.start))

    def take(self) -> list[Row]:
        """All of it, each row with a single update; nothing waits here any more."""
        rows, self._rows = self._rows, []
        self._open.clear()
        self._brought.clear()
        return [whole for row in rows for whole in _merged(row)]

    def _builds_upon_others(self, news: News, author: str) -> bool:
        brought = self._brought
        if not brought or news.admitted is None:
            return False
        for section in news.admitted.news:
            for _clock, client, target, _cut in section.references:
                if client in brought and self._is_others(client, target, author):
                    return True
        return any(
            deletion.client in brought and self._is_others(deletion.client, deletion.end - 1, author)
            for deletion in news.admitted.deletions
        )

    def _is_others(self, client: int, clock: int, author: str) -> bool:
        writer, start = self._brought[client]
        return clock >= start and writer != author


def _merged(row: Row) -> list[Row]:
    if len(row.updates) == 1:
        return [row]
    try:
        return [Row(row.author, row.at, [merge(row.updates)], row.replicas)]
    except BrokenDocument as error:
        log.error('Edits are stored one by one after %s', error)
        first = Row(row.author, row.at, row.updates[:1], row.replicas)
        return [first, *(Row(row.author, row.at, [update]) for update in row.updates[1:])]
