"""Where the database is: its address, and the folder that it is in."""

import os
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from models.base import DatabaseUnusable


def file_address(url: str) -> URL:
    """The address of a file of SQLite. Raises DatabaseUnusable for any other."""
    try:
        address = make_url(url)
    except ArgumentError:
        address = URL.create('none')
    name = address.database or ':memory:'
    if address.drivername != 'sqlite+aiosqlite' or name == ':memory:' or name.startswith('file:'):
        raise DatabaseUnusable('the database address must look like sqlite+aiosqlite:///data/collab.db')
    return address


def make_folder(folder: Path) -> None:
    """Make it if it is missing. Raises DatabaseUnusable when nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnusable(f'cannot make the data folder {folder}: {error.strerror}') from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise DatabaseUnusable(f'the data folder {folder} is not writable')
