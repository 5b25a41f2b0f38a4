"""Changes, and the calls of mitigations."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.BigInteger()


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("service", KEY),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
    )
    op.create_index("ix_change_occurred_at", "change", ["occurred_at"])
    op.create_table(
        "mitigation_run",
        sa.Column("id", KEY, nullable=False),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("entry", KEY, nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT),
        sa.Column("claimed_by", KEY),
        sa.Column("ended_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name="fk_mitigation_run_incident_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_mitigation_run"),
    )
    op.create_index("ix_mitigation_run_incident_id", "mitigation_run", ["incident_id"])
    op.create_index(
        "ix_mitigation_run_due_at",
        "mitigation_run",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("mitigation_run")
    op.drop_table("change")
