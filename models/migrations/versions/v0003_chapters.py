"""Old updates of a log are put together into chapters."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    """Make room for them; they are made while the documents are in use."""
    op.create_table(
        'chapters',
        sa.Column('document_id', sa.String, sa.ForeignKey('documents.id'), primary_key=True),
        sa.Column('last_seq', sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column('first_seq', sa.BigInteger, nullable=False),
        sa.Column('begins_life', sa.BigInteger, nullable=False),
        sa.Column('created_at', sa.BigInteger, nullable=False),
        sa.Column('content', sa.LargeBinary, nullable=False),
        sa.Column('checksum', sa.LargeBinary, nullable=False),
    )
