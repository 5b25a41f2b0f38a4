"""How Alembic reaches the database: on the connection that ``migrate`` hands it."""

from alembic import context

from handrail.storage.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
context.run_migrations()
