"""Training: the settings, the events and the devices that all models share."""
