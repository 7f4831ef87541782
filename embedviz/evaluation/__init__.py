"""Scores, with the protocol they were made by."""
