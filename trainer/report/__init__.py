"""The report beside a model: one self-contained HTML page."""
