"""A second model judges the same logs, beside the one that answers; nothing waits for it."""
