"""What refers to rows that are deleted after their time is found by an index.

Without one, each enrolment or session of an old round that is deleted is looked for in all of a table.

Revision: 0009
Follows: 0008
"""

from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

REFERRING = (
    ('actionitem', 'session_id'),
    ('leftout', 'enrolment_id'),
    ('pairrule', 'mentor_enrolment_id'),
    ('pairrule', 'mentee_enrolment_id'),
)


def upgrade() -> None:
    for table, column in REFERRING:
        op.create_index(f'ix_{table}_{column}', table, [column])


def downgrade() -> None:
    for table, column in REFERRING:
        op.drop_index(f'ix_{table}_{column}', table)
