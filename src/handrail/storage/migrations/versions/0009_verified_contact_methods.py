"""Verified contact methods, and whom gaps of coverage were told."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.BigInteger()


def upgrade() -> None:
    op.create_table(
        "contact_verification",
        sa.Column("user", KEY, nullable=False),
        sa.Column("method", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("address", KEY, nullable=False),
        sa.Column("verified_at", INSTANT, nullable=False),
        sa.Column("via", KEY, nullable=False),
        sa.PrimaryKeyConstraint(
            "user", "method", "kind", "address", name="pk_contact_verification"
        ),
    )
    op.create_table(
        "gap_telling",
        sa.Column("service", KEY, nullable=False),
        sa.Column("gaps", KEY, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("told_at", INSTANT, nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("service", name="pk_gap_telling"),
    )


def downgrade() -> None:
    op.drop_table("gap_telling")
    op.drop_table("contact_verification")
