"""The server around an app: processes, connections and their limits."""
