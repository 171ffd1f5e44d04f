"""Lists tell who changed a document last, are sorted as people sort, and keep what somebody pinned."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'

LAST_AUTHOR = """
    UPDATE documents SET changed_by = coalesce(
        (SELECT author FROM updates WHERE document_id = documents.id AND seq = documents.seq), '')
"""


def upgrade() -> None:
    """Add what the lists need, and fill it from what there is."""
    op.add_column('documents', sa.Column('changed_by', sa.String, nullable=False, server_default=''))
    op.add_column('documents', sa.Column('sort_key', sa.String, nullable=False, server_default=''))
    op.create_table(
        'pins',
        sa.Column('person_id', sa.String, primary_key=True),
        sa.Column('document_id', sa.String, sa.ForeignKey('documents.id'), primary_key=True),
        sa.Column('created_at', sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.execute(LAST_AUTHOR)
    connection = op.get_bind()
    change = sa.text('UPDATE documents SET sort_key = :key WHERE id = :id')
    for document_id, title in connection.execute(sa.text('SELECT id, title FROM documents')).all():
        connection.execute(change, {'key': _sort_key(title), 'id': document_id})


def _sort_key(title: str) -> str:
    plain = ''.join(sign for sign in unicodedata.normalize('NFKD', title) if not unicodedata.combining(sign))
    return re.sub(r'[0-9]+', lambda number: number[0].zfill(12), plain.casefold())
