"""The sample logs that the project owns."""
