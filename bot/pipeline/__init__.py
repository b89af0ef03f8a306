"""Decisions: values in, values out. Nothing here knows a clock, a file, a socket or a database."""
