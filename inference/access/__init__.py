"""Access: bearer tokens with scopes, and the check of settings before a service starts."""
