"""The resources of the inference service: each decodes, calls the domain and encodes."""
