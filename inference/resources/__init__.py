"""What the inference service answers: each resource decodes, calls the domain and encodes."""
