"""What comes in: requests turned into the records that a model judges."""
