"""Guided tours: one click trains on a sample, then a few steps lead over the pages, each with an idea and what to look at."""
