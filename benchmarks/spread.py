"""How many took how long: millions of times kept in little room."""

import math

PER_MS = 20
"""A time counts as one of the twentieth of a millisecond in which it lies."""


class Spread:
    """Times in milliseconds. What never came is longer than all of them."""

    def __init__(self) -> None:
        self.never = 0
        self.count = 0
        """How many came."""
        self._counts: dict[int, int] = {}

    def add(self, milliseconds: float) -> None:
        """One more time."""
        place = int(milliseconds * PER_MS)
        self._counts[place] = self._counts.get(place, 0) + 1
        self.count += 1

    def percentile(self, percent: float) -> float:
        """The time that so many percent do not exceed, to a twentieth of a millisecond; inf when it never
        came, nan when there is none."""
        left = math.ceil((self.count + self.never) * percent / 100)
        if not self.count + self.never:
            return math.nan
        for place in sorted(self._counts):
            left -= self._counts[place]
            if left <= 0:
                return (place + 0.5) / PER_MS
        return math.inf

    def values(self) -> dict[str, float]:
        """The percentiles that tables show."""
        return {f'p{percent} ms': self.percentile(percent) for percent in (50, 95, 99)}
