"""Open promises by the person whom they are to.

Revision: 0006
Follows: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open' AND person_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        'ix_job_person',
        'job',
        ['organisation_id', 'person_id'],
        unique=False,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_index('ix_job_person', table_name='job')
