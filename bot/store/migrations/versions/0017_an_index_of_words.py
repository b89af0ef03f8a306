"""An index of the words of entries"""

from alembic import op

from bot.store.entry_search import index_all

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """The index by whose words entries are found, filled with those that are there.

    What it holds must be what the program looks for, so that the program's own words fill it.
    """
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE entry_words USING fts5 (title, body, tokenize = 'unicode61 remove_diacritics 0')")
    else:
        op.execute(
            "CREATE TABLE entry_words (entry_id INTEGER NOT NULL CONSTRAINT pk_entry_words PRIMARY KEY "
            "CONSTRAINT fk_entry_words_entry_id_entries REFERENCES entries (id), words tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_entry_words_words ON entry_words USING gin (words)")
    index_all(connection)
