"""A log record: its features, how they are made of a raw line, and its key."""
