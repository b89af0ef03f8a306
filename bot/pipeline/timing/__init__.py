"""When things are due: slots, quiet hours, polls and tries."""
