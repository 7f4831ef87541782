"""Exports of a run: its vectors, its model, and a script that reproduces it."""
