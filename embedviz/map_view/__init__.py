"""The 2-D map in a browser, which the app, the offline page and notebooks share: its JavaScript, the messages between it and Python, and its data."""
