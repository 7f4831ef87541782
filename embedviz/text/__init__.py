"""Text to numbers: tokenisers, vocabulary, corpus, counts."""
