"""What a sponsor says, by language.

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

JSON_TYPE = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql')
SAID = sa.table('round', sa.column('id'), sa.column('sponsor_words'), sa.column('sponsor_says', JSON_TYPE))


def upgrade() -> None:
    op.add_column('round', sa.Column('sponsor_says', JSON_TYPE, nullable=False, server_default='{}'))
    bind = op.get_bind()
    for id, words in bind.execute(sa.select(SAID.c.id, SAID.c.sponsor_words).where(SAID.c.sponsor_words != '')).all():
        bind.execute(sa.update(SAID).where(SAID.c.id == id).values(sponsor_says={'it': words}))
    op.drop_column('round', 'sponsor_words')


def downgrade() -> None:
    op.add_column('round', sa.Column('sponsor_words', sa.String(), nullable=False, server_default=''))
    bind = op.get_bind()
    for id, said in bind.execute(sa.select(SAID.c.id, SAID.c.sponsor_says)).all():
        words = next(iter(said.values()), '')
        bind.execute(sa.update(SAID).where(SAID.c.id == id).values(sponsor_words=words))
    op.drop_column('round', 'sponsor_says')
