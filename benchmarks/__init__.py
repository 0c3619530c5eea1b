"""Side-by-side measurements with what users would run instead; `python -m benchmarks --help`."""
