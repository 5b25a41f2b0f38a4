"""Shift notices that were told."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.BigInteger()


def upgrade() -> None:
    op.create_table(
        "shift_notice",
        sa.Column("id", KEY, nullable=False),
        sa.Column("schedule", KEY, nullable=False),
        sa.Column("person", KEY, nullable=False),
        sa.Column("is_shadow", sa.Boolean(), nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("bulletin_id", KEY, nullable=False),
        sa.Column("told_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shift_notice"),
    )
    op.create_index("ix_shift_notice_at", "shift_notice", ["at"])
    op.create_index("ix_shift_notice_bulletin_id", "shift_notice", ["bulletin_id"])


def downgrade() -> None:
    op.drop_table("shift_notice")
