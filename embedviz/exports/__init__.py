"""What can be taken away from a run: vectors, the model, and the way to make it again."""
