"""Requests at a fixed rate, whatever is answered: what a client waits while others are at work."""
