"""What the server answers: payloads, phrases, comparison."""
