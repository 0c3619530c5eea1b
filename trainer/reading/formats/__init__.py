"""Formats of input: a module each, and one table that lists them."""
