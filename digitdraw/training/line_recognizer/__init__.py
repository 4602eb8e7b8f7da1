"""Training of the line recognizer (CTC)."""
