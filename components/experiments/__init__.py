"""The Experiments page: its form, and an experiment as it goes on."""
