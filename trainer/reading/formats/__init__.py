"""Formats of input: a module each, and a table that lists them."""
