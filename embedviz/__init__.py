"""Train embeddings on your own data and look at what they learned."""
