"""Operations of the outbox brought to the platforms."""
