"""Pairs of a run by their state, then their score.

Revision: 0004
Follows: 0003
"""

from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.drop_index('ix_proposal_run_weakest')
        batch_op.create_index('ix_proposal_run_weakest', ['run_id', 'state', 'score', 'id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.drop_index('ix_proposal_run_weakest')
        batch_op.create_index('ix_proposal_run_weakest', ['run_id', 'score', 'id'], unique=False)
