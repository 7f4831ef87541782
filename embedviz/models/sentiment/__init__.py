"""Sentiment: word vectors under a classifier of texts."""
