"""From a count table to a proved bundle: forests, thresholds, export and proof."""
