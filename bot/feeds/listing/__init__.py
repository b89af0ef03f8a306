"""A page's own list of news: what stands on a site without a feed, read as a feed's entries."""
