"""The metrics of a service: counted over all of its workers, and reported."""
