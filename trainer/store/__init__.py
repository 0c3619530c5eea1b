"""The model store as its only writer sees it."""
