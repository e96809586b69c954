"""Who was added late.

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
from alembic import op

import storage.types

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('enrolment', sa.Column('late_until', storage.types.Moment(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('enrolment', 'late_until')
