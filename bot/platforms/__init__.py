"""Where people read and ask: each file or package here speaks for one platform and knows no other."""
