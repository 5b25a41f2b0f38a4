"""Incidents."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.BigInteger()


def upgrade() -> None:
    op.create_table(
        "counter",
        sa.Column("name", KEY, nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counter"),
    )
    op.create_table(
        "incident",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stage", KEY, nullable=False),
        sa.Column("severity", KEY),
        sa.Column("service", KEY),
        sa.Column("alert_id", KEY),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("declared_at", INSTANT, nullable=False),
        sa.Column("next_due_at", INSTANT),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
        sa.UniqueConstraint("number", name="uq_incident_number"),
    )
    op.create_index("ix_incident_alert_id", "incident", ["alert_id"])
    op.create_index(
        "ix_incident_next_due_at",
        "incident",
        ["next_due_at"],
        sqlite_where=sa.text("next_due_at IS NOT NULL"),
        postgresql_where=sa.text("next_due_at IS NOT NULL"),
    )
    op.create_table(
        "incident_participant",
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("user", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name="fk_incident_participant_incident_id",
        ),
        sa.PrimaryKeyConstraint("incident_id", "user", name="pk_incident_participant"),
    )
    op.create_table(
        "evidence_content",
        sa.Column("id", KEY, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evidence_content"),
    )


def downgrade() -> None:
    for name in ("evidence_content", "incident_participant", "incident", "counter"):
        op.drop_table(name)
