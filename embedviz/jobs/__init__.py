"""Jobs and the processes that run them."""
