"""A clock that a test turns."""


class Clock:
    """Seconds that go by when a test says so."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now
