"""Postmortems, action items, backlog tickets."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.BigInteger()


def upgrade() -> None:
    op.create_table(
        "postmortem",
        sa.Column("id", KEY, nullable=False),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("incident_number", sa.Integer(), nullable=False),
        sa.Column("progress", KEY, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name="fk_postmortem_incident_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_postmortem"),
        sa.UniqueConstraint("incident_id", name="uq_postmortem_incident_id"),
    )
    op.create_table(
        "action_item",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("progress", KEY, nullable=False),
        sa.Column("owner", KEY),
        sa.Column("due_on", KEY),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name="fk_action_item_incident_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_action_item"),
        sa.UniqueConstraint("number", name="uq_action_item_number"),
    )
    op.create_index("ix_action_item_incident_id", "action_item", ["incident_id"])
    _create_backlog_ticket()


def _create_backlog_ticket() -> None:
    op.create_table(
        "backlog_ticket",
        sa.Column("id", KEY, nullable=False),
        sa.Column("origin", KEY, nullable=False),
        sa.Column("origin_key", KEY, nullable=False),
        sa.Column("condition_key", KEY, nullable=False),
        sa.Column("alert_id", KEY),
        sa.Column("incident_id", KEY),
        sa.Column("incident_number", sa.Integer()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("service", KEY),
        sa.Column("severity", KEY, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("tried_since", INSTANT, nullable=False),
        sa.Column("idempotency_key", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("next_attempt_at", INSTANT),
        sa.Column("lease_until", INSTANT),
        sa.Column("lease_owner", KEY),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("opened_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name="fk_backlog_ticket_incident_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_backlog_ticket"),
        sa.UniqueConstraint("origin_key", name="uq_backlog_ticket_origin_key"),
    )
    op.create_index("ix_backlog_ticket_alert_id", "backlog_ticket", ["alert_id"])
    op.create_index("ix_backlog_ticket_incident_id", "backlog_ticket", ["incident_id"])
    owed = sa.text("state IN ('pending', 'claimed')")
    op.create_index(
        "ix_backlog_ticket_next_attempt_at",
        "backlog_ticket",
        ["next_attempt_at"],
        sqlite_where=owed,
        postgresql_where=owed,
    )
    op.create_index(
        "ix_backlog_ticket_condition_key_created_at",
        "backlog_ticket",
        ["condition_key", "created_at"],
    )


def downgrade() -> None:
    for name in ("backlog_ticket", "action_item", "postmortem"):
        op.drop_table(name)
