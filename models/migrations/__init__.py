"""The steps from any older database to this version's, taken forward at every start."""

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from models.base import DatabaseUnusable


def migrate(connection: Connection) -> None:
    """Bring the tables up to date inside the caller's transaction: all steps or none.

    Raises DatabaseUnusable for a database of a newer Collab or of another program, before changing anything.
    """
    logging.getLogger('alembic').setLevel(logging.WARNING)  # it tells each start what it is about to check
    config = Config()
    config.set_main_option('script_location', str(Path(__file__).parent).replace('%', '%%'))
    config.attributes['connection'] = connection
    scripts = ScriptDirectory.from_config(config)
    found = MigrationContext.configure(connection).get_current_revision()
    if found not in {None, *(script.revision for script in scripts.walk_revisions())}:
        raise DatabaseUnusable(f'it was written by a newer Collab (its tables are of version {found})')
    if found is None and inspect(connection).get_table_names():
        raise DatabaseUnusable('it belongs to another program')
    if found != scripts.get_current_head():
        command.upgrade(config, 'head')
