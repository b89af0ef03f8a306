"""Entries as they come in: which are new, which repeat another, what their addresses may show."""
