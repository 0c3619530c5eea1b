"""What a service counts of its work, right over all of its workers, and how it reports that."""
