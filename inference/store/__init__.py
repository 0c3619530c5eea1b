"""The model store as a worker reads it, and the slot that holds the current model."""
