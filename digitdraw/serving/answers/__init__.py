"""What the server answers: contents of replies, and their phrases."""
