"""Rows: what the database holds, how it is reached, and how an older one is brought up to date."""

from models.account import Person
from models.base import Base, DatabaseUnusable
from models.document import Document, Replica, Snapshot, Update
from models.engine import Database, open_database

__all__ = [
    'Base',
    'Database',
    'DatabaseUnusable',
    'Document',
    'Person',
    'Replica',
    'Snapshot',
    'Update',
    'open_database',
]
