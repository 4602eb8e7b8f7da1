"""Generated training pictures. All randomness comes from the generators that callers pass in."""
