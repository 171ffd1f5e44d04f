"""What all tables have in common, and the one thing that can be wrong with all of them."""

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """The parent of every table.

    Times are milliseconds since the epoch (UTC), for people to read; nothing is ordered by them.
    """


class DatabaseUnusable(OSError):
    """The database cannot be used. Its text is one line for whoever started Collab."""


class DatabaseDamaged(DatabaseUnusable):
    """The file is no database, or its pages do not fit together any more; it was left as it is."""
