"""A document keeps its language, its chat with how far each person has read it, and its pictures."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'


def upgrade() -> None:
    """Add a column and three tables."""
    op.add_column('documents', sa.Column('language', sa.String, nullable=False, server_default='Markdown'))
    op.create_table(
        'messages',
        _document(),
        sa.Column('number', sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column('author', sa.String, nullable=False),
        sa.Column('created_at', sa.BigInteger, nullable=False),
        sa.Column('text', sa.String, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        'readings',
        sa.Column('person_id', sa.String, primary_key=True),
        _document(),
        sa.Column('number', sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        'images',
        _document(),
        sa.Column('id', sa.String, primary_key=True),
        sa.Column('kind', sa.String, nullable=False),
        sa.Column('author', sa.String, nullable=False),
        sa.Column('created_at', sa.BigInteger, nullable=False),
        sa.Column('data', sa.LargeBinary, nullable=False),
    )


def _document() -> 'sa.Column[str]':
    return sa.Column('document_id', sa.String, sa.ForeignKey('documents.id'), primary_key=True)
