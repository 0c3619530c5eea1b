"""Models' judgements on a table of records, and how good they are."""
