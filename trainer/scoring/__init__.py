"""Verdicts on whole archives, without a service."""
