"""Whether an entry is on a topic, and whether it is news at all."""
