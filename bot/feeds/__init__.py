"""The web's edge: fetching safely, and reading feeds, pages and lists of feeds."""
