"""Intake: the reader of raw records that serving and training share, and requests made of it."""
