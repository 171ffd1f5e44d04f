"""People keep templates of their own."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        'templates',
        sa.Column('person_id', sa.String, primary_key=True),
        sa.Column('id', sa.String, primary_key=True),
        sa.Column('title', sa.String, nullable=False),
        sa.Column('text', sa.String, nullable=False),
        sa.Column('created_at', sa.BigInteger, nullable=False),
    )
