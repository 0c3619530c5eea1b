"""Patterns, what one service writes by one template: listed, kept beside models and compared."""
