"""What everything else builds on: errors, atomic files, progress, settings, cost estimates."""
