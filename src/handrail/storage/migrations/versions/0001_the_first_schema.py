"""The first schema."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.BigInteger()


def upgrade() -> None:
    _create_record()
    _create_configuration()
    _create_alert()
    _create_receipt()
    _create_page()
    _create_delivery()
    _create_access()


def downgrade() -> None:
    for name in (
        "one_time_link",
        "session",
        "api_token",
        "attempt",
        "delivery",
        "page",
        "entry_count",
        "raw_body",
        "receipt_alert",
        "receipt_journal",
        "receipt",
        "alert",
        "document",
        "revision",
        "event",
        "meta",
    ):
        op.drop_table(name)


def _create_record() -> None:
    op.create_table(
        "meta",
        sa.Column("key", KEY, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "event",
        sa.Column("stream", KEY, nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("salt", KEY, nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("chain", KEY, nullable=False),
        sa.PrimaryKeyConstraint("stream", "sequence", name="pk_event"),
    )


def _create_configuration() -> None:
    op.create_table(
        "revision",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("applied_at", INSTANT, nullable=False),
        sa.Column("applied_by", KEY, nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_revision"),
    )
    op.create_table(
        "document",
        sa.Column("kind", KEY, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("effective_from", INSTANT, nullable=False),
        sa.Column("managed_by", KEY, nullable=False),
        sa.Column("renamed_from", KEY),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision"], ["revision.number"], name="fk_document_revision"
        ),
        sa.PrimaryKeyConstraint("kind", "name", "version", name="pk_document"),
    )
    op.create_index("ix_document_revision", "document", ["revision"])


def _create_alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", KEY, nullable=False),
        sa.Column("integration", KEY, nullable=False),
        sa.Column("dedup_key", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("annotations", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("severity_word", sa.Text()),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("service", KEY),
        sa.Column("severity", KEY),
        sa.Column("urgency", KEY),
        sa.Column("disposition", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("page_id", KEY),
        sa.Column("evaluate_due_at", INSTANT),
        sa.Column("expire_due_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
    )
    _create_partial_index(
        "ix_alert_closed",
        "alert",
        ["integration", "dedup_key", "closed_at"],
        rows="closed_at IS NOT NULL",
    )
    _create_partial_index(
        "ix_alert_evaluate_due_at",
        "alert",
        ["evaluate_due_at"],
        rows="evaluate_due_at IS NOT NULL",
    )
    _create_partial_index(
        "ix_alert_expire_due_at",
        "alert",
        ["expire_due_at"],
        rows="expire_due_at IS NOT NULL",
    )
    _create_partial_index(
        "uq_alert_open",
        "alert",
        ["integration", "dedup_key"],
        unique=True,
        rows="closed_at IS NULL",
    )


def _create_receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", KEY, nullable=False),
        sa.Column("integration", KEY, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.Column("prunable_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_receipt"),
    )
    _create_partial_index(
        "ix_receipt_prunable_at",
        "receipt",
        ["prunable_at"],
        rows="prunable_at IS NOT NULL",
    )
    op.create_table(
        "receipt_journal",
        sa.Column("receipt_id", KEY, nullable=False),
        sa.Column("is_applied", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("receipt_id", name="pk_receipt_journal"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipt_alert",
        sa.Column("alert_id", KEY, nullable=False),
        sa.Column("receipt_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("alert_id", "receipt_id", name="pk_receipt_alert"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "raw_body",
        sa.Column("receipt_id", KEY, nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("receipt_id", name="pk_raw_body"),
    )
    op.create_table(
        "entry_count",
        sa.Column("kind", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name="pk_entry_count"),
    )


def _create_page() -> None:
    op.create_table(
        "page",
        sa.Column("id", KEY, nullable=False),
        sa.Column("alert_id", KEY, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("service", KEY),
        sa.Column("severity", KEY, nullable=False),
        sa.Column("urgency", KEY, nullable=False),
        sa.Column("policy", sa.Text()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer()),
        sa.Column("entry_id", KEY),
        sa.Column("advance_due_at", INSTANT),
        sa.Column("last_resort_times", sa.Integer(), nullable=False),
        sa.Column("acknowledged_by", KEY),
        sa.Column("acknowledged_at", INSTANT),
        sa.Column("closed_at", INSTANT),
        sa.Column("alert_expired", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_page_alert_id"),
        sa.PrimaryKeyConstraint("id", name="pk_page"),
    )
    _create_partial_index("ix_page_active", "page", ["id"], rows="state != 'resolved'")
    _create_partial_index(
        "ix_page_advance_due_at",
        "page",
        ["advance_due_at"],
        rows="advance_due_at IS NOT NULL",
    )
    op.create_index("ix_page_alert_id", "page", ["alert_id"])


def _create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("page_id", KEY, nullable=False),
        sa.Column("entry_id", KEY, nullable=False),
        sa.Column("recipient", KEY, nullable=False),
        sa.Column("target", KEY, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("method", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=False),
        sa.Column("deadline_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("idempotency_key", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("lease_until", INSTANT),
        sa.Column("lease_owner", KEY),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_delivery_page_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
    )
    _create_partial_index(
        "ix_delivery_claimed",
        "delivery",
        ["lease_until"],
        rows="state = 'claimed'",
    )
    _create_partial_index(
        "ix_delivery_owed",
        "delivery",
        ["due_at"],
        rows="state IN ('claimed', 'pending')",
    )
    op.create_index("ix_delivery_page_id", "delivery", ["page_id"])
    _create_partial_index(
        "ix_delivery_pending",
        "delivery",
        ["next_attempt_at"],
        rows="state = 'pending'",
    )
    op.create_table(
        "attempt",
        sa.Column("id", KEY, nullable=False),
        sa.Column("delivery_id", KEY, nullable=False),
        sa.Column("node", KEY, nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.Column("outcome", KEY, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("bundle_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name="fk_attempt_delivery_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
    )
    op.create_index("ix_attempt_delivery_id", "attempt", ["delivery_id"])
    op.create_index("ix_attempt_started_at", "attempt", ["started_at"])


def _create_access() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("role", KEY, nullable=False),
        sa.Column("owner", KEY),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT),
        sa.Column("last_used_at", INSTANT),
        sa.Column("revoked_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("digest", name="uq_api_token_digest"),
    )
    op.create_table(
        "session",
        sa.Column("digest", KEY, nullable=False),
        sa.Column("owner", KEY),
        sa.Column("role", KEY, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("digest", name="pk_session"),
    )
    op.create_table(
        "one_time_link",
        sa.Column("digest", KEY, nullable=False),
        sa.Column("owner", KEY),
        sa.Column("role", KEY, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.PrimaryKeyConstraint("digest", name="pk_one_time_link"),
    )


def _create_partial_index(
    name: str, table: str, columns: list[str], *, rows: str, unique: bool = False
) -> None:
    op.create_index(
        name,
        table,
        columns,
        unique=unique,
        sqlite_where=sa.text(rows),
        postgresql_where=sa.text(rows),
    )
