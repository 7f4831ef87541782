"""A run or a file of vectors served as JSON over HTTP, by FastAPI (the extra `serve`)."""
