"""The networks, their registry, and their weights on disk."""
