"""Memory: the only room that speaks SQL, one small file of queries per noun."""

from bot.store.database import Store, Tx, open_store

__all__ = ["Store", "Tx", "open_store"]
