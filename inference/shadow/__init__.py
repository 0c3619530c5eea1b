"""A second model judges the same logs, beside the model that answers; nothing waits for it."""
