"""Bytes in, tables and token arrays out."""
