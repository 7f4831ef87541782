"""Parts of the page about what is kept."""
