"""Categories: a vector for each value of a table's columns, beside its numbers."""
