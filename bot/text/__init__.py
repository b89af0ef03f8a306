"""Plain-text tools, below everything: words, sentences, numbers, terms, languages, names of products."""
