"""What a subscription tells, decided and written whole into the outbox; corrections and look-backs."""
