"""Patterns, what a service writes by a template: listed, kept beside models and compared."""
