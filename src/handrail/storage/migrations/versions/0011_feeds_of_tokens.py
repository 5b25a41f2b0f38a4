"""Calendar feeds know the token they were made with."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("calendar_feed") as feed:
        feed.add_column(sa.Column("token", KEY))


def downgrade() -> None:
    with op.batch_alter_table("calendar_feed") as feed:
        feed.drop_column("token")
