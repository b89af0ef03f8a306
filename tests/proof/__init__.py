"""The delivery proof: the real program killed at every step, with faults, in storms, and how fast it delivers."""
