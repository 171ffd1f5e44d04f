"""Alembic's way in: it runs this file for every migration, with the connection that `migrate` was given."""

from alembic import context

context.configure(connection=context.config.attributes['connection'])
with context.begin_transaction():
    context.run_migrations()
