"""What a subscription tells now: everything that is decided about a digest or news at once, from values
alone.
"""
