"""The tables of the job engine"""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """PostgreSQL, which several processes may use, gets the tables by which they share their work."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    from procrastinate.schema import SchemaManager

    connection.exec_driver_sql(SchemaManager.get_schema(), execution_options={"no_parameters": True})
