"""The sample logs the project owns, and the program that makes them again."""
