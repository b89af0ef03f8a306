"""Sources whose feeds mean more, or less, than they say: releases, videos, lists of links, papers, posts."""
