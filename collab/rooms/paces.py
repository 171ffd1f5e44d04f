"""How much of one kind of thing each person does in a while, so that nobody fills the server alone."""

from collections.abc import Callable

from collab.rooms.allowance import Bucket, Rate

MOST_KNOWN = 1_000
"""People who are remembered before it is looked who can be forgotten."""

TOO_FAST = 'That was much at once. Wait a few seconds, then try again.'


class TooFast(ValueError):
    """Somebody, or everybody together, does more than people do. Its text is for them."""


class Paces:
    """Stops who goes too fast, with these words. What is refused counts, too, up to `most_debt`.

    `together` is for all people at once: whoever comes with a new name each time has that to share.
    """

    def __init__(
        self,
        rate: Rate,
        clock: Callable[[], float],
        most_debt: float,
        together: Rate | None = None,
        words: str = TOO_FAST,
    ) -> None:
        self._words = words
        self._rate = rate
        self._clock = clock
        self._most_debt = most_debt
        self._buckets: dict[str, Bucket] = {}
        self._together = Bucket(together or Rate(float('inf'), float('inf')), clock(), most_debt)

    def take(self, person: str, amount: float = 1.0) -> None:
        """Let this person have so much now. Raises TooFast."""
        now = self._clock()
        if len(self._buckets) > MOST_KNOWN:
            self._buckets = {who: one for who, one in self._buckets.items() if not one.is_full(now)}
        bucket = self._buckets.setdefault(person, Bucket(self._rate, now, self._most_debt))
        if bucket.take(amount, now) > 0.0 or self._together.level(now) < 0.0:
            raise TooFast(self._words)

    def count(self, amount: float) -> None:
        """So much was really done: only that fills the server, and counts for all people together."""
        self._together.take(amount, self._clock())
