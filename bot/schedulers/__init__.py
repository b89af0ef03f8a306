"""Ways to ask what is due: a ticking clock, or one that jumps."""
