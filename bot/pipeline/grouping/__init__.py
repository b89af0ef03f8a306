"""Which entries tell one event."""
