"""What people can ask, on every platform alike. A Call comes in, an Answer with a Document goes out."""
