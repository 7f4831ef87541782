"""Skip-gram with negative sampling: word vectors from a text alone."""
