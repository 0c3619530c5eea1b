"""HTTP plumbing that both services share: bodies, problems, request ids, docs, logs."""
