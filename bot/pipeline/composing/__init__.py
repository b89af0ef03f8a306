"""Documents: digests, stories and their corrections, in the words of the channel."""
