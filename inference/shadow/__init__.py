"""The shadow: a second model judges the same logs in the background; no answer waits for it."""
