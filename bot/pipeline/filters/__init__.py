"""What a subscription asks for or leaves out, by words, outlets, languages and kinds of news."""
