"""The detectors: what a bundle's graph and tables say of records."""
