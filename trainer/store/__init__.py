"""The model store as the trainer writes it."""
