"""The map: its exchange with the browser, its session, and the parts of the Map page."""
