"""A story's sentences and headline, taken from its sources."""
