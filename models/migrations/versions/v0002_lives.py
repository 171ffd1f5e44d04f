"""Documents may have earlier lives, and client ids belong to the life that they wrote in."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    """Every document so far is in one life, and so are all who wrote in it."""
    op.add_column('documents', sa.Column('base', sa.BigInteger, nullable=False, server_default='0'))
    op.add_column('replicas', sa.Column('epoch', sa.BigInteger, nullable=False, server_default='0'))
    op.execute(
        'UPDATE replicas SET epoch = (SELECT epoch FROM documents WHERE documents.id = replicas.document_id)'
    )
