"""How much may be spent and asked for: money, tokens, requests."""
