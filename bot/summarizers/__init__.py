"""Ways to tell stories in a few sentences; each file or package makes one `Summarizer` with its `create`."""
