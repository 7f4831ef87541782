"""Text to numbers: tokenizers, tokens, vocabulary, corpus, counts."""
