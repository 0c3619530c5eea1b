"""A model bundle: its manifest, its options and the tables beside its graph."""
