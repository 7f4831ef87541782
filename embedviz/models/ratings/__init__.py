"""Ratings: a vector for each user and each item."""
