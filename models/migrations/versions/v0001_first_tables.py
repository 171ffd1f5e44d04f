"""The first tables: documents, their log, snapshots and authors, and people."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None


def upgrade() -> None:
    """Make them."""
    _documents()
    _log()
    op.create_table(
        'people',
        sa.Column('id', sa.String, primary_key=True),
        sa.Column('name', sa.String, nullable=False),
        sa.Column('color', sa.String, nullable=False),
        sa.Column('changed_at', sa.BigInteger, nullable=False),
    )


def _documents() -> None:
    op.create_table(
        'documents',
        sa.Column('id', sa.String, primary_key=True),
        sa.Column('title', sa.String, nullable=False),
        sa.Column('created_at', sa.BigInteger, nullable=False),
        sa.Column('changed_at', sa.BigInteger, nullable=False),
        sa.Column('deleted_at', sa.BigInteger),
        sa.Column('epoch', sa.BigInteger, nullable=False, server_default='1'),
        sa.Column('seq', sa.BigInteger, nullable=False, server_default='0'),
    )
    op.create_table(
        'replicas',
        sa.Column('document_id', sa.String, sa.ForeignKey('documents.id'), primary_key=True),
        sa.Column('client_id', sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column('author', sa.String, nullable=False),
        sqlite_with_rowid=False,
    )


def _log() -> None:
    op.create_table(
        'updates',
        sa.Column('document_id', sa.String, sa.ForeignKey('documents.id'), primary_key=True),
        sa.Column('seq', sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column('author', sa.String, nullable=False),
        sa.Column('created_at', sa.BigInteger, nullable=False),
        sa.Column('update', sa.LargeBinary, nullable=False),
        sa.Column('checksum', sa.LargeBinary, nullable=False),
    )
    op.create_table(
        'snapshots',
        sa.Column('document_id', sa.String, sa.ForeignKey('documents.id'), primary_key=True),
        sa.Column('seq', sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column('created_at', sa.BigInteger, nullable=False),
        sa.Column('state', sa.LargeBinary, nullable=False),
        sa.Column('checksum', sa.LargeBinary, nullable=False),
    )
