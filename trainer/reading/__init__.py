"""Reading training data: where it is, how it is written, and what is in a record."""
