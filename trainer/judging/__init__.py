"""What models say of a table of records, and how good that is."""
