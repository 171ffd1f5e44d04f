"""Rows: what the database holds, how it is reached, and how an older one is brought up to date."""

from models.account import Person
from models.base import Base, DatabaseDamaged, DatabaseUnusable
from models.beside import Image, Message, Reading
from models.document import Chapter, Document, Pin, Replica, Snapshot, Update
from models.engine import Database, open_database
from models.errors import is_damage
from models.template import Template

__all__ = [
    'Base',
    'Chapter',
    'Database',
    'DatabaseDamaged',
    'DatabaseUnusable',
    'Document',
    'Image',
    'Message',
    'Person',
    'Pin',
    'Reading',
    'Replica',
    'Snapshot',
    'Template',
    'Update',
    'is_damage',
    'open_database',
]
