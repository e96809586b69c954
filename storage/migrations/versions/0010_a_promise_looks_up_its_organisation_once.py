"""A promise has no foreign key to its organisation: the statement that puts it looks the organisation up, once for all.

On PostgreSQL the key took a quarter of what a promise costs, and wrote a lock into the organisation's row each time.
Nothing deletes organisations.

Revision: 0010
Follows: 0009
"""

from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

NAMES = {'fk': '%(table_name)s_%(column_0_name)s_fkey'}  # as PostgreSQL calls it; SQLite's has no name


def upgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':  # both are needed; most who write hold this one first
        op.execute('LOCK TABLE organisation IN ACCESS EXCLUSIVE MODE')
    with op.batch_alter_table('job', naming_convention=NAMES) as batch_op:
        batch_op.drop_constraint('job_organisation_id_fkey', type_='foreignkey')


def downgrade() -> None:
    with op.batch_alter_table('job', naming_convention=NAMES) as batch_op:
        batch_op.create_foreign_key('job_organisation_id_fkey', 'organisation', ['organisation_id'], ['id'])
