"""Makes the sample logs: real programs, run under normal work and under provoked faults."""
