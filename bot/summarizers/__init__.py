"""Ways to tell a story in a few sentences; each file makes one `Summarizer` with its `create`."""
