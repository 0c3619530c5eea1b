"""A small order shop, run for real so that its logs can be collected.

The package has no imports from outside itself: the generator copies it into its run directory
and starts it there, so that tracebacks name a neutral path.
"""
