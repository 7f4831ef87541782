"""The base of all other packages: errors, atomic files, progress, settings, cost estimates."""
