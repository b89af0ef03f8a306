"""Which stories a digest tells: their order, their variety, what is known already, what breaks."""
