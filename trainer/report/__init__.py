"""The report beside a model: a self-contained HTML page."""
