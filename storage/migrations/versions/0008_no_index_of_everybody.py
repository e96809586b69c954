"""No index of everybody: an organisation's key says little in a company's own database, and misleads the planner.

Without statistics SQLite holds every index of one column for equally good, and read all of a table's rows of the
organisation where those of one person were asked for. Sites are found without reading people.

Revision: 0008
Follows: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

INDEXED = (
    'account', 'actionitem', 'auditentry', 'avoidance', 'busycalendar', 'conflict', 'enrolment', 'exitreason',
    'flowsession', 'goal', 'hope', 'indicator', 'kickoff', 'lane', 'leftout', 'matchrun', 'mentoringgroup', 'nudge',
    'openquestion', 'pairing', 'pairrule', 'passedmessage', 'person', 'proposal', 'question', 'release',
    'roundmessage', 'session', 'shared', 'sheet', 'surveykey', 'surveyresponse', 'workspace',
)
STILL_HERE = sa.text('left_at IS NULL')


def upgrade() -> None:
    for table in INDEXED:
        op.drop_index(f'ix_{table}_organisation_id', table)
    op.drop_index('ix_enrolment_state', 'enrolment')
    op.drop_index('ix_round_state', 'round')
    op.create_index('ix_actionitem_person_id', 'actionitem', ['person_id'])
    op.create_index('ix_question_person_id', 'question', ['person_id'])
    op.create_index(
        'ix_person_site', 'person', ['organisation_id', 'site'], sqlite_where=STILL_HERE, postgresql_where=STILL_HERE
    )


def downgrade() -> None:
    op.drop_index('ix_person_site', 'person')
    op.drop_index('ix_question_person_id', 'question')
    op.drop_index('ix_actionitem_person_id', 'actionitem')
    op.create_index('ix_round_state', 'round', ['state'])
    op.create_index('ix_enrolment_state', 'enrolment', ['state'])
    for table in INDEXED:
        op.create_index(f'ix_{table}_organisation_id', table, ['organisation_id'])
