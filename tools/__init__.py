"""Programs for those who work on Strillone."""
