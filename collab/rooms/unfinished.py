"""Messages of which only a part has come yet: all of them together may not fill the memory."""

from collections.abc import Callable, Hashable

MOST = 128 * 1024 * 1024
"""Bytes, or characters, that may wait for their other half; two dozen of the longest documents at once."""


class Unfinished:
    """Counts the halves that are kept. When they become too many, the one begun first is given up."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._sizes: dict[Hashable, tuple[int, Callable[[], None]]] = {}
        self.total = 0

    def has(self, owner: Hashable, size: int, give_up: Callable[[], None]) -> None:
        """The owner keeps so much of a message now; `give_up` is called when that must be thrown away."""
        before, _ = self._sizes.get(owner, (0, give_up))
        self._sizes[owner] = (size, give_up)
        self.total += size - before
        while self.total > self._most:
            oldest = next(iter(self._sizes))
            _, throw_away = self._sizes[oldest]
            self.done(oldest)
            throw_away()

    def done(self, owner: Hashable) -> None:
        """The owner keeps nothing any more: the message is whole, or the connection gone."""
        size, _ = self._sizes.pop(owner, (0, None))
        self.total -= size
