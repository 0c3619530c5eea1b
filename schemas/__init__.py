"""The contract that trainer and inference share: features, encoding, API types, manifest.

Needs msgspec and numpy; knows no web framework and no model runtime.
"""
