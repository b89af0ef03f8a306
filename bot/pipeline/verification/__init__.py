"""The gate: whether a sentence says anything its sources do not; and where sources contradict each other."""
