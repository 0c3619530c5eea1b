"""What the service is measured against, each with the packages it is pinned to."""
