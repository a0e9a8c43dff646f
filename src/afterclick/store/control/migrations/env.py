"""Runs the revisions on the connection that `store.control` hands over; there is no offline mode."""

from alembic import context

from afterclick.store.control.database import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
