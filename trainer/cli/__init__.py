"""The trainer's command line: jobs over data, and the store's versions."""

from trainer.cli.main import EXIT_CODES, main

__all__ = ["EXIT_CODES", "main"]
