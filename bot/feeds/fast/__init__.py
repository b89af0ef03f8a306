"""Well-formed feeds read with lxml, to the same values as feedparser gives; only `parse` uses it, and a
parity test holds it.
"""
