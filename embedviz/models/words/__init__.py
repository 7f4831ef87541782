"""Word vectors: one spec and one prepared corpus for all algorithms, and a file for each algorithm."""
