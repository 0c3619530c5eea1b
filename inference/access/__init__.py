"""Who may call: bearer tokens with scopes, and what is refused before a service starts."""
