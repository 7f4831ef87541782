"""What a run is taken away as: files that other people's tools read."""
