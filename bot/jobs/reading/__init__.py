"""From feeds to stored entries: polling, pages of articles, hubs, and feeds that fail."""
