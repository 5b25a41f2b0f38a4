"""Cover requests and swaps."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.BigInteger()


def upgrade() -> None:
    for name in ("cover_request", "swap"):
        op.create_table(
            name,
            sa.Column("id", KEY, nullable=False),
            sa.Column("number", sa.Integer(), nullable=False),
            sa.Column("progress", KEY, nullable=False),
            sa.Column("due_at", INSTANT),
            sa.Column("sequence", sa.Integer(), nullable=False),
            sa.Column("state", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
            sa.UniqueConstraint("number", name=f"uq_{name}_number"),
        )
        op.create_index(
            f"ix_{name}_due_at",
            name,
            ["due_at"],
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )


def downgrade() -> None:
    op.drop_table("swap")
    op.drop_table("cover_request")
