"""Bytes to tables: reading, columns, roles, splits, samples."""
