"""Pages about incidents, and bulletins."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.BigInteger()
NUDGED = sa.text("nudge_due_at IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("page") as page:
        page.alter_column("alert_id", existing_type=KEY, nullable=True)
        page.add_column(sa.Column("incident_id", KEY))
        page.add_column(sa.Column("nudge_due_at", INSTANT))
        page.create_foreign_key(
            "fk_page_incident_id", "incident", ["incident_id"], ["id"]
        )
    op.create_index("ix_page_incident_id", "page", ["incident_id"])
    op.create_index(
        "ix_page_nudge_due_at",
        "page",
        ["nudge_due_at"],
        sqlite_where=NUDGED,
        postgresql_where=NUDGED,
    )
    op.create_table(
        "bulletin",
        sa.Column("id", KEY, nullable=False),
        sa.Column("incident_id", KEY),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("about", KEY, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("service", KEY),
        sa.Column("severity", KEY),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("deadline_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name="fk_bulletin_incident_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bulletin"),
    )
    op.create_index("ix_bulletin_incident_id", "bulletin", ["incident_id"])
    with op.batch_alter_table("delivery") as delivery:
        delivery.alter_column("page_id", existing_type=KEY, nullable=True)
        delivery.add_column(sa.Column("bulletin_id", KEY))
        delivery.create_foreign_key(
            "fk_delivery_bulletin_id", "bulletin", ["bulletin_id"], ["id"]
        )
    op.create_index("ix_delivery_bulletin_id", "delivery", ["bulletin_id"])


def downgrade() -> None:
    _forget("attempt", "delivery_id IN (SELECT id FROM delivery WHERE page_id IS NULL)")
    _forget("delivery", "page_id IS NULL")
    about_incidents = "page_id IN (SELECT id FROM page WHERE alert_id IS NULL)"
    _forget(
        "attempt",
        f"delivery_id IN (SELECT id FROM delivery WHERE {about_incidents})",  # noqa: S608 - our own names
    )
    _forget("delivery", about_incidents)
    _forget("page", "alert_id IS NULL")
    op.drop_index("ix_delivery_bulletin_id", table_name="delivery")
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_constraint("fk_delivery_bulletin_id", type_="foreignkey")
        delivery.drop_column("bulletin_id")
        delivery.alter_column("page_id", existing_type=KEY, nullable=False)
    op.drop_table("bulletin")
    for name in ("ix_page_nudge_due_at", "ix_page_incident_id"):
        op.drop_index(name, table_name="page")
    with op.batch_alter_table("page") as page:
        page.drop_constraint("fk_page_incident_id", type_="foreignkey")
        page.drop_column("nudge_due_at")
        page.drop_column("incident_id")
        page.alter_column("alert_id", existing_type=KEY, nullable=False)


def _forget(name: str, condition: str) -> None:
    op.execute(sa.text(f"DELETE FROM {name} WHERE {condition}"))  # noqa: S608 - our own names
