"""Run folders: what is written, by whom, and how it is read back."""
