"""The 2-D map in a browser, for whoever shows it: its JavaScript, the messages between it and Python, and its data."""
