"""Keys of promises sort by their bytes, whatever the language of the database.

Revision: 0005
Follows: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('job', 'key', type_=sa.String(collation='C'), existing_nullable=False)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('job', 'key', type_=sa.String(collation='default'), existing_nullable=False)
