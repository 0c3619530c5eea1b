"""A loaded model: its detector, and the verdicts it has given so far."""
