"""Training of the digit detector."""
